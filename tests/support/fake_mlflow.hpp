#pragma once

#include "support/scripted_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace loadgen::test {

/// Answers the calls of MLflow's REST API that a report makes, and keeps what it was told: one experiment at most, and
/// the runs of it.
class fake_mlflow {
public:
  struct told_run {
    boost::json::object created;              ///< the body of runs/create
    std::vector<boost::json::object> batches; ///< of runs/log-batch
    boost::json::object updated;              ///< of runs/update, the latest
  };

  /// `artifacts`: the location of a run's artefacts, before its name. `refused`: calls whose path has it end with 400.
  explicit fake_mlflow(std::string artifacts = "mlflow-artifacts:/7/", std::string refused = "none")
      : artifacts_(std::move(artifacts)),
        refused_(std::move(refused)) {}

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  [[nodiscard]] std::vector<told_run> runs() const {
    const std::lock_guard lock{mutex_};
    return runs_;
  }

  /// By path.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    const std::lock_guard lock{mutex_};
    return files_;
  }

  /// The heads of all requests, in order.
  [[nodiscard]] std::vector<std::string> heads() const {
    const std::lock_guard lock{mutex_};
    return heads_;
  }

  [[nodiscard]] std::string experiment() const {
    const std::lock_guard lock{mutex_};
    return experiment_;
  }

private:
  using object = boost::json::object;

  void answer(scripted_connection& client) {
    if (!client.read_request()) return;
    const std::lock_guard lock{mutex_};
    const std::string& head = client.head();
    heads_.push_back(head);
    const std::size_t space = head.find(' ');
    const std::string path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    int status = 200;
    object body;
    if (path.find(refused_) != std::string::npos) {
      status = 400;
      body = {{"error_code", "INVALID_PARAMETER_VALUE"}, {"message", "not like\nthis"}};
    } else if (path.starts_with("/api/2.0/mlflow-artifacts/artifacts/")) {
      files_[path.substr(36)] = client.body();
    } else if (path.starts_with("/api/2.0/mlflow/")) {
      body = called(path.substr(16), client.body().empty() ? object{} : boost::json::parse(client.body()).as_object(),
                    status);
    }
    const std::string text = boost::json::serialize(body);
    client.send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(text.size()) + "\r\n\r\n" + text);
  }

  object called(const std::string& call, const object& body, int& status) {
    if (call.starts_with("experiments/get-by-name?experiment_name=")) {
      if (!experiment_.empty() && call.substr(40) == experiment_)
        return {{"experiment", {{"experiment_id", "7"}, {"lifecycle_stage", "active"}}}};
      status = 404;
      return {{"error_code", "RESOURCE_DOES_NOT_EXIST"}, {"message", "no such experiment"}};
    }
    if (call == "experiments/create") {
      experiment_ = body.at("name").as_string().c_str();
      return {{"experiment_id", "7"}};
    }
    if (call == "runs/search") return searched(std::string{body.at("filter").as_string()});
    if (call == "runs/create") {
      runs_.push_back({body, {}, {}});
      return {{"run", {{"info", info(runs_.size() - 1)}}}};
    }
    told_run& run = runs_.at(std::stoul(std::string{body.at("run_id").as_string().subview(3)}));
    if (call == "runs/log-batch") run.batches.push_back(body);
    if (call == "runs/update") run.updated = body;
    return {};
  }

  object searched(const std::string& filter) const {
    boost::json::array found;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      for (const auto& tag : runs_[i].created.at("tags").as_array())
        if (filter == "tags.`loadgen.run_id` = '" + std::string{tag.at("value").as_string()} + "'" &&
            tag.at("key").as_string() == "loadgen.run_id")
          found.push_back(object{{"info", info(i)}});
    return found.empty() ? object{} : object{{"runs", std::move(found)}}; // MLflow leaves an empty list out
  }

  [[nodiscard]] object info(std::size_t number) const {
    const std::string id = "run" + std::to_string(number);
    return {{"run_id", id}, {"artifact_uri", artifacts_ + id + "/artifacts"}};
  }

  const std::string artifacts_, refused_;
  mutable std::mutex mutex_; // of all below
  std::string experiment_;
  std::vector<told_run> runs_;
  std::map<std::string, std::string> files_;
  std::vector<std::string> heads_;
  scripted_server server_{[this](scripted_connection& client, int) { answer(client); }};
};

} // namespace loadgen::test
