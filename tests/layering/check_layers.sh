#!/usr/bin/env bash
# Reads every #include of a source tree and prints those that break the layering, one line each:
#   FILE:LINE: why
# Exits 1 where there are any. Usage: check_layers.sh ROOT
set -euo pipefail
cd "${1:?usage: check_layers.sh ROOT}"

# What each module may include, apart from itself and base. Nothing points up.
declare -A may_include=(
  [base]=''
  [http]='' [sse]='' [protocol]='' [workload]='' [metrics]='' [net]=''
  [client]='net http sse protocol metrics'
  [engine]='client workload metrics net'
  [monitor]='net http metrics'
  [definitions]='metrics'
  [comparison]='metrics'
  [search]='metrics'
  [report]='metrics definitions comparison search'
  [publish]='client report metrics'
  [launch]='net http'
  [serve]='net http sse protocol metrics'
  [calibrate]='metrics serve'
)
# Bytes and stamps go in, events come out: these never touch a socket or an event loop.
sans_io=' base http sse protocol workload metrics definitions comparison search report '

violations=0
report() { # FILE LINE WHY
  echo "$1:$2: $3"
  violations=$((violations + 1))
}

check_module_include() { # FILE LINE MODULE INCLUDED
  local module=$3 included=$4
  if [ -z "${may_include[$included]+known}" ]; then
    report "$1" "$2" "'$included' is no module"
  elif [ "$included" != "$module" ] && [ "$included" != base ] && [[ " ${may_include[$module]} " != *" $included "* ]]; then
    report "$1" "$2" "$module may not include $included"
  fi
}

check_system_include() { # FILE LINE MODULE HEADER
  case "$4" in
    boost/asio* | boost/beast* | openssl/*)
      # A coroutine is what streamer.hpp offers.
      if [[ $1 == include/loadgen/engine/streamer.hpp && $4 == boost/asio/* ]]; then return; fi
      if [[ $1 == include/* ]]; then report "$1" "$2" "a public header may not include <$4>"; return; fi ;;
  esac
  case "$4" in
    boost/asio* | boost/beast* | sys/socket.h | sys/epoll.h | netinet/* | netdb.h)
      if [[ $sans_io == *" $3 "* ]]; then report "$1" "$2" "$3 may not include <$4>: only net and what stands on it open sockets"; fi ;;
  esac
}

check_library_include() { # FILE LINE MODULE HEADER QUOTE
  if [ -z "${may_include[$3]+known}" ]; then
    report "$1" "$2" "'$3' is no module"
  elif [ "$5" = '"' ] && [[ $1 == include/* ]]; then
    report "$1" "$2" "a public header may not include a private one, \"$4\""
  elif [ "$5" = '"' ]; then
    check_module_include "$1" "$2" "$3" "${4%%/*}"
  elif [[ $4 == loadgen/* ]]; then
    local path=${4#loadgen/}
    check_module_include "$1" "$2" "$3" "${path%%/*}"
  else
    check_system_include "$1" "$2" "$3" "$4"
  fi
}

check_app_include() { # FILE LINE HEADER QUOTE
  if [ "$4" = '"' ] && [ ! -e "apps/loadgen/$3" ]; then
    report "$1" "$2" "the app may include public headers and its own only, not \"$3\""
  fi
}

while IFS=: read -r file line directive; do
  [[ $directive =~ include[[:space:]]*([\"\<])([^\"\>]+) ]]
  quote=${BASH_REMATCH[1]} header=${BASH_REMATCH[2]}
  case "$file" in
    src/*) module=${file#src/} ;;
    include/loadgen/*) module=${file#include/loadgen/} ;;
    *) check_app_include "$file" "$line" "$header" "$quote"; continue ;;
  esac
  check_library_include "$file" "$line" "${module%%/*}" "$header" "$quote"
done < <(grep -rnE --include='*.cpp' --include='*.hpp' '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' \
  src include/loadgen apps | LC_ALL=C sort -t: -k1,1 -k2,2n)

[ "$violations" -eq 0 ]
