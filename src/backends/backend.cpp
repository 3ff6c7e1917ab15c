// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/backend.hpp"

#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {

std::unique_ptr<Backend> make_backend(const std::string& name, const Problem& problem, const BackendOptions& options,
                                      const std::function<void(const std::string&)>& note) {
  const std::vector<std::string> names = {"auto", "cpu", "cuda", "reference"};
  if (name == "reference") return make_reference_backend(problem);
  if (name == "cpu") return make_cpu_backend(problem, options);
  if (name == "cuda" || name == "auto") {
    const std::string reason = cuda_missing_reason();
    if (name == "auto" && !reason.empty()) return make_cpu_backend(problem, options);
    if (reason.empty()) {
      try {
        return make_cuda_backend(problem);
      } catch (const Error& e) {
        if (name == "cuda") throw;
        if (note) note("running on the CPU: " + std::string(e.what()));
        return make_cpu_backend(problem, options);
      }
    }
    throw SpecError("--backend cuda: " + reason);
  }
  const std::string near = nearest_name(name, names);
  throw SpecError("--backend " + name + ": expected auto, cpu, cuda or reference" +
                  (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

Compile compile_named(const std::string& word) {
  if (word == "auto") return Compile::automatic;
  if (word == "always") return Compile::always;
  if (word == "never") return Compile::never;
  const std::string near = nearest_name(word, {"auto", "always", "never"});
  throw SpecError("--compile " + word + ": expected auto, always or never" +
                  (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

}  // namespace orbitwalk
