// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <utility>

#include "results/spec_run.hpp"
#include "studies/reproduce/published.hpp"
#include "support/files.hpp"
#include "support/json.hpp"

namespace orbitwalk {

FinishedRun run_published(const PublishedRun& published, const Spec& spec, Session& session, const std::string& label,
                          const std::string& folder) {
  SpecRun run(spec);
  run.find_ranges(session, published.file + "-pilot");
  run.simulate(session, {published.file, label, published.file});
  run.compare();
  Result result = make_result(*run.record, json_text(run.filled));
  if (!folder.empty()) {
    std::filesystem::create_directories(folder);
    write_summary(folder + "/summary.json", result);
    write_result_h5(folder + "/result.h5", result, *run.record);
    write_file_atomically(folder + "/" + published.file + ".toml", published_spec(published.file));
  }
  Series series = reduce_series(run.experiment.problem, run.simulation->tally);
  return {published.label, std::move(run.experiment), std::move(run.simulation->tally), std::move(series),
          std::move(result)};
}

}  // namespace orbitwalk
