// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/own_data.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>

#include "data/data_file.hpp"
#include "models/catalog.hpp"
#include "models/parameter_parts.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec.hpp"
#include "support/decompositions.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string>& names_of(const std::string& experiment) {
  static const std::map<std::string, std::vector<std::string>> names = {
      {"spectrum", {"times", "design", "measurements", "truth", "start_w", "start_p", "start_q"}},
      {"signal", {"design", "measurements", "truth", "start_w", "start_p", "start_q"}},
      {"completion", {"truth", "observed", "mask", "start_P", "start_Q"}},
      {"relu", {"inputs", "targets", "teacher_W", "teacher_V", "start_W", "start_V"}},
      {"attention", {"inputs", "targets", "start_theta"}},
  };
  const auto found = names.find(experiment);
  if (found == names.end()) throw SpecError("--data: " + experiment + " takes no data");
  return found->second;
}

bool is_table(const std::string& extension) {
  return extension == ".npy" || extension == ".csv" || extension == ".tsv" || extension == ".txt";
}

/// The tables of a folder by name, all of them known to the experiment. Other files are ignored, and so is a README.
class Folder {
 public:
  Folder(const std::string& folder, const std::string& experiment)
      : folder_(folder), experiment_(experiment), known_(names_of(experiment)) {
    namespace fs = std::filesystem;
    if (!fs::is_directory(folder)) throw IoError(folder + ": no such folder (--data)");
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      const std::string name = path.stem().string();
      std::string extension = path.extension().string(), upper = name;
      for (char& c : extension) c = char(std::tolower(static_cast<unsigned char>(c)));
      for (char& c : upper) c = char(std::toupper(static_cast<unsigned char>(c)));
      if (!is_table(extension) || name.starts_with('.') || upper.starts_with("README")) continue;
      if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        throw IoError(path.string() + ": is not a file that " + experiment + " takes" +
                      suggestion(name, known_, "names") + " (--data)");
      }
      const auto [at, added] = tables_.emplace(name, fs::absolute(path).string());
      if (!added)
        throw IoError(folder + ": there are two tables " + name + ", " + fs::path(at->second).filename().string() +
                      " and " + path.filename().string() + "; keep one (--data)");
    }
  }

  bool has(const std::string& name) const { return tables_.contains(name); }
  std::string need(const std::string& name, const std::string& meaning) const {
    if (const auto at = tables_.find(name); at != tables_.end()) return at->second;
    throw IoError(folder_ + ": " + name + ".npy (or .csv, .tsv, .txt) is missing, " + meaning + "; --data of " +
                  experiment_ + " takes it");
  }
  /// One of two that say the same.
  std::string either(const std::string& a, const std::string& b, const std::string& meaning) const {
    if (has(a) && has(b)) throw IoError(folder_ + ": has both " + a + " and " + b + "; keep one (--data)");
    if (has(b)) return b;
    if (!has(a))
      throw IoError(folder_ + ": neither " + a + ".npy nor " + b + ".npy (or .csv, .tsv, .txt) is there, " + meaning +
                    "; --data of " + experiment_ + " takes one of them");
    return a;
  }
  bool any(const std::string& prefix) const {
    return std::any_of(tables_.begin(), tables_.end(),
                       [&](const auto& table) { return table.first.starts_with(prefix); });
  }
  std::string list() const {
    std::string text;
    for (const auto& [name, path] : tables_)
      text += (text.empty() ? "" : ", ") + std::filesystem::path(path).filename().string();
    return text;
  }

 private:
  std::string folder_, experiment_;
  const std::vector<std::string>& known_;
  std::map<std::string, std::string> tables_;
};

void regression(Json& spec, const Folder& folder, bool spectrum) {
  Json &data = spec["data"], &model = spec["model"];
  const std::string samples = spectrum ? folder.either("times", "design", "of the samples") : "design";
  data = {{"kind", spectrum ? "spectrum" : "signal"},
          {samples == "times" ? "times" : "x",
           folder.need(samples, "the matrix of the measurements, one measurement per row")},
          {"y", folder.need("measurements", "one number per sample")}};
  if (folder.has("truth")) data["truth"] = folder.need("truth", "");
  if (samples == "design") model["coordinates"] = read_table(data["x"]).cols;
  else if (folder.has("truth")) model["coordinates"] = read_table(data["truth"]).values.size();
  else if (folder.has("start_w")) model["coordinates"] = read_table(folder.need("start_w", "")).values.size();
}

void completion(Json& spec, const Folder& folder) {
  const std::string matrix = folder.either("truth", "observed", "the matrix, or what is observed of it");
  Json& model = spec["model"];
  spec["data"] = {{matrix, folder.need(matrix, "")}};
  const Matrix known = read_table(spec["data"][matrix], Missing::accepted);
  // Entries that are missing say themselves what is observed.
  const bool gaps =
      std::any_of(known.values.begin(), known.values.end(), [](double entry) { return std::isnan(entry); });
  if (!gaps || folder.has("mask")) spec["data"]["mask"] = folder.need("mask", "1 where an entry is observed, else 0");
  model["rows"] = known.rows, model["columns"] = known.cols, model["rank"] = std::min(known.rows, known.cols);
  if (folder.has("start_P") && known.rows > 1) model["rank"] = read_table(folder.need("start_P", "")).cols;
}

// A row of the files holds a sequence, token by token; what does not divide is left to the model's own message.
void attention_sizes(Json& model, std::size_t inputs, std::size_t outputs) {
  const auto tokens = model.value("tokens", std::size_t(1));
  if (tokens > 0 && inputs % tokens == 0) model["embedding"] = inputs / tokens;
  if (tokens > 0 && outputs % tokens == 0) model["values"] = outputs / tokens;
}

void network(Json& spec, const Folder& folder, bool relu) {
  Json &data = spec["data"], &model = spec["model"];
  if (relu && folder.any("teacher_")) {
    if (folder.has("inputs") || folder.has("targets"))
      folder.either("inputs", "teacher_W", ""), folder.either("targets", "teacher_W", "");
    data = {{"instance",
             {{"kind", "teacher"},
              {"files",
               {{"W", folder.need("teacher_W", "one hidden unit per row")},
                {"V", folder.need("teacher_V", "one hidden unit per row")}}}}}};
    const Matrix w = read_table(data["instance"]["files"]["W"]), v = read_table(data["instance"]["files"]["V"]);
    model["inputs"] = w.cols, model["outputs"] = std::max<std::size_t>(1, v.values.size() / w.rows);
  } else {
    data = {{"x", folder.need("inputs",
                              relu ? "one sample per row (or a teacher: teacher_W, teacher_V)" : "one sample per row")},
            {"y", folder.need("targets", "one sample per row")}};
    const std::size_t inputs = read_table(data["x"]).cols, outputs = read_table(data["y"]).cols;
    if (relu) model["inputs"] = inputs, model["outputs"] = outputs;
    else attention_sizes(model, inputs, outputs);
  }
  if (relu && folder.has("start_W")) model["hidden"] = read_table(folder.need("start_W", "")).rows;
}

// Observables that exist, without their ranges, which belong to other data; also in the series.
void keep_observables(Json& spec, const std::vector<std::string>& existing) {
  const auto exists = [&](const std::string& name) {
    return std::find(existing.begin(), existing.end(), name) != existing.end();
  };
  Json &observe = spec["observe"], kept = Json::array();
  for (const Json& entry : observe.at("histogram")) {
    if (exists(entry.at("of"))) kept.push_back({{"of", entry.at("of")}, {"bins", entry.value("bins", 40)}});
  }
  observe["histogram"] = kept;
  if (!observe.contains("series") || !observe["series"].contains("of")) return;
  Json of = Json::array();
  for (const Json& name : observe["series"]["of"]) {
    if (exists(name)) of.push_back(name);
  }
  observe["series"]["of"] = of;
}

// The start of the run's model: all runs have one from files, or none.
void start(Json& spec, const Folder& folder, const ModelDescription& model) {
  if (!folder.any("start_")) return;
  Json files = Json::object();
  for (const ParameterPart& part : parameter_parts(model)) {
    files[part.name] =
        folder.need("start_" + part.name, "the start " + part.name + " of model " + model.name +
                                              ": the folder has starts, and they are given for all runs or for none");
  }
  spec["ensemble"]["init"] = {{"files", files}};
  if (spec["model"].contains("initial_gain")) spec["model"]["initial_gain"] = {1.0, 0.0};
  const bool descent =
      spec["dynamics"].value("sampling", "") == "full" && spec["dynamics"].value("label_noise", 0.0) == 0;
  if (descent) spec["ensemble"]["particles"] = 1;
}

// All of the matrix's singular values and the one after them, where the matrix is known and of low rank.
void show_rank(Json& spec, const Folder& folder) {
  const auto names = [&](std::size_t values) {
    Json& list = spec["observe"]["histogram"];
    for (std::size_t i = 6; i <= values; ++i) list.push_back({{"of", "sigma" + std::to_string(i)}, {"bins", 40}});
    if (values > 5) spec["model"]["values"] = values;
  };
  if (!folder.has("truth")) return;
  const Matrix truth = read_table(spec["data"]["truth"], Missing::accepted);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const RowMajor matrix =
      Eigen::Map<const RowMajor>(truth.values.data(), Eigen::Index(truth.rows), Eigen::Index(truth.cols));
  if (!matrix.allFinite()) return;
  const Eigen::VectorXd sigma = Eigen::JacobiSVD<Eigen::MatrixXd>(matrix).singularValues();
  const auto rank = std::size_t((sigma.array() > 1e-3 * sigma[0]).count());
  if (rank + 1 <= std::size_t(sigma.size())) names(rank + 1);
}

}  // namespace

PublishedExperiment on_own_data(PublishedExperiment experiment, const std::string& folder) {
  const Folder files(folder, experiment.name);
  experiment.title += " (data from files)";
  if (experiment.name == "completion") experiment.runs = {{"observed entries of the mask", experiment.runs[0].file, 0}};
  if (experiment.name == "signal" && files.any("start_")) experiment.runs.pop_back();
  return experiment;
}

Json with_own_data(Json spec, const std::string& experiment, const std::string& folder, const std::string& name) {
  const Folder files(folder, experiment);
  if (experiment == "completion") completion(spec, files), show_rank(spec, files);
  else if (experiment == "spectrum" || experiment == "signal") regression(spec, files, experiment == "spectrum");
  else network(spec, files, experiment == "relu");
  const Spec with_data = spec_from_json(spec, name);
  const ModelDescription model = describe_model(root_section(with_data).section("model"),
                                                DataSource(root_section(with_data).optional_section("data")));
  keep_observables(spec, model.observables);
  start(spec, files, model);
  return spec;
}

std::string about_own_data(const std::string& experiment, const std::string& folder) {
  return "The data are the files of " + folder + ": " + Folder(folder, experiment).list() + ".";
}

}  // namespace orbitwalk
