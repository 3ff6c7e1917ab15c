// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Runs a spec file through the installed library and prints what came out:
//   consumer SPEC.toml [STEPS]
// With STEPS the run is stopped once that many particle-steps are done.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "orbitwalk/error.hpp"
#include "orbitwalk/law.hpp"
#include "orbitwalk/model.hpp"
#include "orbitwalk/run.hpp"
#include "orbitwalk/version.hpp"

int main(int argc, char** argv) try {
  if (argc < 2) return 2;
  const std::uint64_t limit = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : UINT64_MAX;
  orbitwalk::Spec spec = orbitwalk::Spec::from_file(argv[1]);
  spec.set("ensemble.seed=11");

  std::cout << "version " << orbitwalk::version() << "\nmodels " << orbitwalk::model_names().size() << "\n";
  for (const orbitwalk::Law& law : orbitwalk::predict(spec))
    std::cout << "law " << law.name << " " << law.observable << " mean " << law.mean() << " cdf at the median "
              << law.cdf(law.quantile(0.5)) << "\n";

  std::uint64_t begun = 0, ended = 0, last = 0;
  orbitwalk::RunOptions options;
  options.threads = 2;
  options.progress = [&](const orbitwalk::Progress& progress) {
    begun += progress.moment == orbitwalk::Progress::Moment::begin;
    ended += progress.moment == orbitwalk::Progress::Moment::end;
    last = progress.done;
  };
  options.stop = [&] { return last >= limit; };
  const orbitwalk::RunResult result = orbitwalk::run(spec, options);
  std::cout << "phases " << begun << " " << ended << "\ndigest " << result.digest << "\n";
  for (const auto& observable : result.observables)
    std::cout << "mean " << observable.name << " " << observable.mean << "\n";
  for (const auto& law : result.laws)
    std::cout << "verdict " << law.name << " " << law.observable << " " << law.verdict << "\n";
  std::cout << "rejected " << result.rejected.size() << "\n";
  return 0;
} catch (const orbitwalk::Interrupted& interrupted) {
  std::cout << "stopped: " << interrupted.what() << "\n";
  return 3;
} catch (const orbitwalk::SpecError& error) {
  std::cout << "refused: " << error.what() << "\n";
  return 4;
}
