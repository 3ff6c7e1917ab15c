// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/run.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "orbitwalk/error.hpp"
#include "results/json.hpp"
#include "results/request.hpp"
#include "results/result_dir.hpp"
#include "results/spec_run.hpp"
#include "run/blow_up.hpp"
#include "run/identity.hpp"
#include "run/problem.hpp"
#include "support/json.hpp"

namespace orbitwalk {

using Json = nlohmann::ordered_json;

namespace {

RunResult with_text(Result record) {
  RunResult result;
  static_cast<Result&>(result) = std::move(record);
  result.summary = pretty(to_json(static_cast<const Result&>(result)));
  return result;
}

// RunResult::failure.
std::string failure_of(const SpecRun& run, const RunOptions& options) {
  const RunRecord& record = *run.record;
  const Experiment& experiment = run.experiment;
  const Problem& problem = experiment.problem;
  const double share = double(record.evidence.lost) / double(problem.plan.particles);
  if (share > experiment.allowed_diverged) {
    return lost_in_words(problem, record.tally, record.evidence.blow_up) +
           "; a smaller [dynamics] step may help ([ensemble] allowed_diverged = " +
           Json(experiment.allowed_diverged).dump() + ")";
  }
  if (!record.extrapolated.empty() && run.lost_beside > experiment.allowed_diverged) {
    return "particles diverged at the larger steps that the means are extrapolated from; a smaller [dynamics] step, "
           "where the ladder begins, may help";
  }
  std::string missed;  // observables whose mean is not as accurate as asked
  for (std::size_t i = 0; record.accuracy && i < record.observables.size(); ++i) {
    if (!accuracy_reached(record, i).reached) missed += " " + record.observables[i].name;
  }
  if (missed.empty()) return {};
  return "--accuracy " + Json(*options.accuracy).dump() +
         " is not reached: the measured |bias| + 2 standard errors exceed it for" + missed +
         " (summary.json: accuracy)";
}

// A complete result of the same request in the folder, where there is nothing to do.
std::optional<RunResult> find_finished(const ResultDirectory& directory, const Json& request, bool force) {
  if (!directory.finished()) return {};
  const auto other = differs_from_finished(directory.final_path(), request);
  if (other.empty()) {
    RunResult result = with_text(read_summary(directory.final_path() + "/summary.json"));
    result.folder = directory.final_path();
    result.origin = directory.published() ? RunResult::Origin::published : RunResult::Origin::found;
    return result;
  }
  if (!force)
    throw SpecError(directory.final_path() + ": the result there is from another run: " + differences_text(other) +
                    "; use --force to replace it");
  return {};
}

// The phases one after the other, up to the record.
void carry_out(SpecRun& run, Session& session, const RunOptions& options, bool given_scheme, bool given_variates) {
  run.find_ranges(session);
  if (options.accuracy)
    run.choose_step(session, *options.accuracy, options.extrapolation, given_scheme, given_variates);
  run.simulate(session);
  run.second_shell(session);
  run.compare();
  run.second_steps(session);
  for (auto& note : range_notes(run.experiment, run.record->observables))
    run.experiment.notes.push_back(std::move(note));
}

}  // namespace

RunResult run(const Spec& given, const RunOptions& options) {
  Spec spec = given;
  // Before defaults are filled in.
  const auto dynamics = root_section(spec).optional_section("dynamics");
  const bool given_scheme = dynamics && dynamics->has("scheme"), given_variates = dynamics && dynamics->has("variates");
  SpecRun run(std::move(spec));
  Session(options).check_backend(run.experiment.problem);
  Json depends_on = Json::object();
  if (options.accuracy)
    depends_on = {{"--accuracy", *options.accuracy}, {"--no-extrapolation", !options.extrapolation}};
  const Json request = request_of(to_json(run.spec), run.experiment, depends_on);

  std::optional<ResultDirectory> directory;
  if (!options.out.empty()) directory.emplace(options.out, options.force, options.resume);
  else if (options.resume) throw SpecError("--resume needs --out, the folder of the interrupted run");
  if (directory) {
    if (auto finished = find_finished(*directory, request, options.force)) return std::move(*finished);
  }
  Session session(options, directory ? &*directory : nullptr);
  session.set_identity(depends_on);
  carry_out(run, session, options, given_scheme, given_variates);

  Result made = make_result(*run.record, json_text(run.filled));
  if (says_more(request, run.filled)) made.requested = json_text(request);
  RunResult result = with_text(std::move(made));
  if (directory) {
    write_summary(directory->file("summary.json"), result);
    write_result_h5(directory->file("result.h5"), result, *run.record);
    directory->commit();
    for (const auto& notice : directory->notices()) session.log(LogLevel::info, notice);
    result.folder = directory->final_path();
  }
  result.rejected = rejected_expectations(run.experiment.compare, run.record->comparisons);
  result.failure = failure_of(run, options);
  return result;
}

std::vector<Law> predict(const Spec& spec) {
  const Spec copy = spec;  // NOLINT(performance-unnecessary-copy-initialization): reading fills defaults in
  return predict_laws(read_experiment(copy));
}

}  // namespace orbitwalk
