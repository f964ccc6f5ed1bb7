"""llama.cpp's own HTTP server, out of the xllamacpp package, on loopback. Prints its URL when it answers."""

import argparse
import signal
import sys
import urllib.request

import xllamacpp


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="GGUF file")
    parser.add_argument("--alias", required=True, help="the model's name in the API")
    parser.add_argument("--port", type=int, required=True, help="0: a free one")
    parser.add_argument("--slots", type=int, required=True, help="requests served at once")
    parser.add_argument("--context", type=int, required=True, help="tokens of each slot, prompt and answer together")
    parser.add_argument("--threads", type=int, required=True)
    return parser.parse_args()


def server_parameters(arguments):
    parameters = xllamacpp.CommonParams()
    parameters.model.path = arguments.model
    parameters.model_alias = {arguments.alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = arguments.port
    parameters.n_parallel = arguments.slots
    parameters.n_ctx = arguments.slots * arguments.context
    parameters.cpuparams.n_threads = arguments.threads
    parameters.cpuparams_batch.n_threads = arguments.threads
    parameters.cache_ram_mib = 0  # an earlier run's prompts, kept in up to 8 GiB, would answer for those of the next
    parameters.endpoint_metrics = True
    parameters.ui = False
    return parameters


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        server = xllamacpp.Server(server_parameters(parsed_arguments()))
    except RuntimeError:  # llama.cpp has logged why
        sys.exit(1)
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    no_proxy.open(server.listening_address + "/health").close()  # raises unless it answers 200
    print(server.listening_address, flush=True)
    while True:
        signal.pause()


main()
