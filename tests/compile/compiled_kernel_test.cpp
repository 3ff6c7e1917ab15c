// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// A kernel compiled for a run has the bits of the program's own.
#include "backends/cpu/compiled_kernel.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>

#include "backends/backend.hpp"
#include "compile/compiler.hpp"
#include "gpu/cases.hpp"
#include "models/catalog.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

/// Every model with its defaults, and a third of the other sizes, data and instances: each costs a compilation.
std::vector<ModelCase> all_cases() {
  auto all = model_cases();
  for (const auto& each : instance_model_cases()) all.push_back(each);
  std::vector<ModelCase> taken;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i < model_names().size() || i % 3 == 0) taken.push_back(all[i]);
  }
  return taken;
}

class EveryCompiledModel : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Cpu, EveryCompiledModel, testing::Range(std::size_t(0), all_cases().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           const ModelCase model = all_cases()[info.param];
                           std::string title;
                           for (char c : model.title) title += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return title + "_" + std::to_string(info.param);
                         });

/// One compilation a model: schemes, variates, precisions and instruction sets take turns.
RunCase turn_of(std::size_t index, const ModelCase& model) {
  auto runs = run_cases(model, {"gaussian", "dyadic", "rademacher"}, {"float", "double", "mixed"});
  RunCase run = runs[(index * 7 + 3) % runs.size()];
  run.particles = 597, run.burn_in = 5, run.steps = 133, run.every = 19;
  return run;
}

ChunkResult run_with(const Problem& problem, const std::string& isa, Compile compile, std::vector<std::string>* notes,
                     std::string* device = nullptr) {
  BackendOptions options;
  options.threads = 1, options.instruction_set = isa, options.compile = compile;
  const auto backend = make_cpu_backend(problem, options);
  ChunkResult result = run_in_chunks(problem, *backend, 2);
  if (notes) *notes = backend->take_notes();
  if (device) *device = backend->device();
  return result;
}

TEST_P(EveryCompiledModel, HasTheBitsOfTheProgram) {
  if (compile::find_compiler().empty()) GTEST_SKIP() << "no C++ compiler here";
  const ModelCase model = all_cases()[GetParam()];
  const RunCase run = turn_of(GetParam(), model);
  const auto sets = cpu_instruction_sets();
  const std::string isa = sets[sets.size() - 1 - GetParam() % sets.size()];
  SCOPED_TRACE(title_of(run) + ", " + isa);
  const Problem problem = make_problem(model, run);
  std::vector<std::string> notes;
  std::string device;
  const ChunkResult compiled = run_with(problem, isa, Compile::always, &notes, &device);
  ASSERT_NE(device.find("compiled for the run"), std::string::npos) << (notes.empty() ? "" : notes[0]);
  EXPECT_EQ(first_difference(problem, run_with(problem, isa, Compile::never, nullptr), compiled), "");
  // The twin: another seed has other bits, by the same kernel.
  Problem other = problem;
  other.plan.seed += 1, other.plan.instance_seed += 1;
  EXPECT_NE(first_difference(problem, run_with(other, isa, Compile::always, &notes), compiled), "");
  EXPECT_TRUE(notes.empty()) << "it was compiled again: " << notes[0];
}

class Environment {
 public:
  Environment(const char* name, const std::string& value)
      : name_(name), before_(std::getenv(name) ? std::getenv(name) : "") {
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() { before_.empty() ? ::unsetenv(name_) : ::setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

TEST(CompiledKernel, CompilerThatFailsOrIsMissingIsANote) {
  const ModelCase model = model_cases().front();
  const Problem problem = make_problem(model, {});
  const std::string isa = cpu_instruction_sets().back();
  const ChunkResult expected = run_with(problem, isa, Compile::never, nullptr);
  const struct {
    const char *compiler, *note;
  } cases[] = {{"/nonexistent/c++", "no C++ compiler that runs"},
               {"false", "no C++ compiler that runs"},
               {"true", "cannot load"}};
  const Environment cache("ORBITWALK_CACHE", testing::TempDir() + "no-compiler");
  for (const auto& each : cases) {
    const Environment compiler("ORBITWALK_CXX", each.compiler);
    std::vector<std::string> notes;
    const ChunkResult result = run_with(problem, isa, Compile::always, &notes);
    EXPECT_EQ(first_difference(problem, expected, result), "");
    ASSERT_EQ(notes.size(), 1u) << each.compiler;
    EXPECT_NE(notes[0].find(each.note), std::string::npos) << notes[0];
  }
}

TEST(CompiledKernel, TextNamesWhatTheRunKnows) {
  RunCase run;
  run.scheme = "projected", run.precision = "mixed", run.variates = "dyadic";
  const ModelCase model{"gram_product", "[model]\nname = \"gram_product\"\nrows = 5\nrank = 3\n"};
  const std::string text = compiled_kernel_text(make_problem(model, run), "generic");
  for (const char* part : {"GramProduct", "view.sizes[0] = 5", "view.sizes[1] = 3", "fixed_parameters = 15",
                           "compensated = 1", "isa::Generic"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  // Seeds, steps and numbers are not known: one kernel serves a sweep over them.
  Problem other = make_problem(model, run);
  other.plan.seed = 99, other.plan.step *= 2, other.plan.horizontal *= 3;
  other.model.parameters.number("stiffness") = 7;
  EXPECT_EQ(compiled_kernel_text(other, "generic"), text);
}

TEST(CompileOption, IsOneOfThree) {
  EXPECT_EQ(compile_named("auto"), Compile::automatic);
  EXPECT_EQ(compile_named("never"), Compile::never);
  EXPECT_THROW(compile_named("alway"), SpecError);
}

TEST(Compiler, CommandsAreRunWithoutAShell) {
  const compile::Command echoed = compile::run_command({"/bin/echo", "$HOME; a  b"});
  EXPECT_EQ(echoed.status, 0);
  EXPECT_EQ(echoed.output, "$HOME; a  b\n");
  EXPECT_EQ(compile::run_command({"/nonexistent/program"}).status, -1);
  std::atomic<bool> stop = true;
  EXPECT_EQ(compile::run_command({"/bin/sleep", "100"}, &stop).status, -1);
}

}  // namespace
}  // namespace orbitwalk::test
