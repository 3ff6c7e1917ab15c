// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/report.hpp"

#include <algorithm>
#include <filesystem>

#include "orbitwalk/error.hpp"
#include "report/draw_charts.hpp"
#include "report/sections.hpp"
#include "results/conclusion.hpp"
#include "results/result_dir.hpp"
#include "support/files.hpp"

namespace orbitwalk {
namespace {

namespace fs = std::filesystem;

constexpr const char* report_name = "report.html";
constexpr const char* experiment_name = "experiment.json";

/// What one folder holds: a run alone, or an experiment with its runs.
struct Subject {
  std::string label, directory;
  bool is_experiment = false;
  ExperimentRecord experiment;
  std::vector<ReportedRun> runs;
};

// The last part of a folder's name; where two folders have the same, what was written on the command line.
std::vector<std::string> labels_of(const std::vector<std::string>& directories) {
  std::vector<std::string> labels;
  for (const auto& directory : directories) {
    std::error_code error;
    fs::path path = fs::absolute(directory, error).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    labels.push_back(path.has_filename() ? path.filename().string() : directory);
  }
  const std::vector<std::string> last = labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::count(last.begin(), last.end(), last[i]) > 1) labels[i] = directories[i];
  }
  return labels;
}

Subject read_subject(const std::string& directory, const std::string& label) {
  Subject subject{label, directory, false, {}, {}};
  const std::string path = directory + "/" + experiment_name;
  std::error_code error;
  if (!fs::exists(path, error)) {
    subject.runs = {read_run(directory, label)};
    return subject;
  }
  subject.is_experiment = true;
  subject.experiment = read_experiment_record(path);
  for (const auto& run : subject.experiment.runs)
    subject.runs.push_back(read_run(directory + "/" + run.directory, run.label));
  subject.label = subject.experiment.title;
  return subject;
}

// The first sentence of what it found; nothing for results of earlier versions.
std::string in_words(const Subject& subject) {
  if (subject.is_experiment) return claims_in_words(subject.experiment.findings.claims);
  const auto& sentences = subject.runs.front().result.conclusion;
  return sentences.empty() ? "" : sentences.front();
}

void add_subject(Page& page, const Subject& subject, int level) {
  if (!subject.is_experiment) {
    run_section(page, subject.runs.front(), level);
    return;
  }
  experiment_section(page, subject.experiment, level);
  for (const ReportedRun& run : subject.runs) {
    page.heading(level, "Run " + run.label);
    run_section(page, run, level + 1);
  }
}

}  // namespace

Page compose_report(const std::vector<std::string>& directories) {
  std::vector<Subject> subjects;
  const auto labels = labels_of(directories);
  for (std::size_t i = 0; i < directories.size(); ++i) subjects.push_back(read_subject(directories[i], labels[i]));
  if (subjects.size() == 1) {
    Page page(subjects[0].is_experiment ? subjects[0].label : "Run " + subjects[0].label);
    add_subject(page, subjects[0], 2);
    return page;
  }
  const auto experiments =
      std::size_t(std::count_if(subjects.begin(), subjects.end(), [](const Subject& s) { return s.is_experiment; }));
  const std::size_t alone = subjects.size() - experiments;
  const auto counted = [](std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  Page page("Report on " + (experiments ? counted(experiments, "experiment") : "") +
            (experiments && alone ? " and " : "") + (alone ? counted(alone, "run") : ""));
  for (const Subject& subject : subjects) {
    const std::string words = in_words(subject);
    if (!words.empty()) page.paragraph(subject.label + ": " + words, "conclusion");
  }
  std::vector<ReportedRun> compared;
  for (const Subject& subject : subjects) {
    if (!subject.is_experiment) compared.push_back(subject.runs.front());
  }
  if (compared.size() > 1) {
    for (ReportedRun& run : compared) run.id = page.reserve("Run " + run.label);
    comparison_section(page, compared, 2);
  }
  std::size_t next = 0;
  for (const Subject& subject : subjects) {
    if (subject.is_experiment) page.heading(2, subject.label);
    else page.heading(2, "Run " + subject.label, {}, compared[next++].id);
    add_subject(page, subject, 3);
  }
  return page;
}

std::vector<std::string> write_report(const std::vector<std::string>& directories, const std::string& folder,
                                      bool force, const std::function<bool()>& stop) {
  const Page page = compose_report(directories);
  ResultDirectory result(folder, force, false, ResultKind::report);
  const std::string charts = result.file("charts");
  std::error_code error;
  fs::create_directory(charts, error);
  if (error) throw IoError(charts + ": cannot create the folder: " + error.message());
  const auto drawn = draw_charts(page.charts(), charts, stop);
  for (const Chart& chart : page.charts()) {
    for (const char* ending : {".svg", ".png"}) {
      const std::string file = charts + "/" + chart.name + ending;
      if (!fs::exists(file, error) || fs::file_size(file, error) == 0) throw IoError(file + ": was not drawn");
    }
  }
  write_file(result.file(report_name), page.html([&](const std::string& name) { return drawn.at(name); }));
  result.commit();
  return result.notices();
}

}  // namespace orbitwalk
