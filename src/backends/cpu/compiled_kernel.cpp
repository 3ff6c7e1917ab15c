// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/cpu/compiled_kernel.hpp"

#include <dlfcn.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compile/cache.hpp"
#include "compile/compiler.hpp"
#include "compile/kernel_texts.hpp"
#include "kernels/integrators/list.hpp"
#include "models/scalar_functions.hpp"
#include "orbitwalk/error.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk {

namespace {

// A state of more numbers than registers hold is left in memory, where loops over it are shorter.
constexpr int kMostInRegisters = 64;
constexpr int kMostScratch = 256;  // lanes that a member keeps on its stack
constexpr int kMostTogether = 4;   // numbers of the state for which packs are stepped side by side

/// The C++ name of a model, from its name in a spec.
std::string functor_of(const std::string& model) {
#define ORBITWALK_MODEL(name, Type) \
  if (model == #name) return #Type;
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
  throw std::logic_error("no model " + model);
}

template <class... Noise>
int compiled_noise(TypeList<Noise...>, NoiseId id) {
  int at = 0, found = -1;
  ((found = stands_for<Noise>(id) ? at : found, ++at), ...);
  return found;
}

std::string isa_of(const std::string& instruction_set) {
  return instruction_set == "avx512" ? "Avx512" : instruction_set == "avx2" ? "Avx2" : "Generic";
}

std::vector<std::string> flags_of(const std::string& instruction_set) {
  // Bits depend on -ffp-contract=off, as in the program's own build.
  std::vector<std::string> flags = {"-std=c++20",
                                    "-O3",
                                    "-DNDEBUG",
                                    "-fPIC",
                                    "-shared",
                                    "-fvisibility=hidden",
                                    "-fvisibility-inlines-hidden",
                                    "-ffp-contract=off",
                                    "-w",
                                    "-DORBITWALK_COMPILED_FOR_A_RUN"};
  if (instruction_set == "avx2") flags.push_back("-march=x86-64-v3");
  if (instruction_set == "avx512") flags.insert(flags.end(), {"-march=x86-64-v4", "-mprefer-vector-width=512"});
  return flags;
}

/// The first line that speaks of an error, or the first at all.
std::string reason_in(const std::string& output) {
  std::istringstream lines(output);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("error") != std::string::npos) return line;
    if (first.empty()) first = line;
  }
  return first.empty() ? "it was killed, or did not start" : first;
}

void write_text(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw IoError(path.string() + ": cannot write");
}

}  // namespace

std::string compiled_kernel_text(const Problem& problem, const std::string& instruction_set) {
  const Plan& plan = problem.plan;
  const bool in_double = plan.precision == Precision::float64, drawn = problem.model.instance > 0;
  const std::string real = in_double ? "double" : "float", isa = "isa::" + isa_of(instruction_set);
  std::vector<std::vector<double>> storage;
  const ModelView<double> view = make_view<double>(problem.model.parameters, storage);
  const ModelFunctions<double> functions = scalar_functions(problem.model.name, view);
  const int d = functions.parameters;
  const bool small = d <= kMostInRegisters && !drawn;
  std::ostringstream out;
  out << "#include \"kernels/cpu/compiled.hpp\"\n#include \"kernels/models/" << problem.model.name << ".hpp\"\n"
      << "namespace orbitwalk {\nnamespace {\nstruct Values {\n"
      << "  static constexpr int fixed_parameters = " << (small ? d : 0)
      << ", scratch = " << (small && functions.scratch <= kMostScratch ? functions.scratch : 0) << ";\n"
      << "  template <class View>\n  static void set(View& view) {\n";
  for (int i = 0; i < ModelView<double>::capacity; ++i)
    out << "    view.sizes[" << i << "] = " << view.sizes[i] << ";\n";
  out << "  }\n};\nstruct Run {\n"
      << "  using Integrator = Integrators::at<" << int(plan.integrator) << ">;\n"
      << "  using Noise = CompiledNoises::at<" << compiled_noise(CompiledNoises(), plan.noise) << ">;\n"
      << "  static constexpr Variates variates = Variates(" << int(plan.variates) << ");\n"
      << "  static constexpr bool compensated = " << (plan.precision == Precision::mixed)
      << ", shelled = " << (plan.shell_width > 0) << ";\n"
      << "  static constexpr int packs = " << (small && d <= kMostTogether ? "cpu::packs_together<" + isa + ">" : "1")
      << ";\n};\n}\n}\n"
      << "extern \"C\" __attribute__((visibility(\"default\"))) const unsigned long orbitwalk_request = "
         "sizeof(orbitwalk::KernelRequest);\n"
      << "extern \"C\" __attribute__((visibility(\"default\"))) bool orbitwalk_kernel(const orbitwalk::KernelRequest* "
         "request) {\n  using namespace orbitwalk;\n"
      << "  return cpu::run_compiled<" << functor_of(problem.model.name) << ", Values, Run, " << real << ", " << isa
      << ">(*request, request->model_" << real << ", request->initial_" << real << ");\n}\n";
  return out.str();
}

CompiledKernel::CompiledKernel(const Problem& problem, const std::string& instruction_set, Source source,
                               const std::atomic<bool>& stop) {
  const std::string compiler = compile::find_compiler(), identity = compile::compiler_identity(compiler);
  if (identity.empty()) throw IoError("no C++ compiler that runs ($ORBITWALK_CXX, $CXX, c++, g++, clang++)");
  const std::string text = compiled_kernel_text(problem, instruction_set);
  const std::vector<std::string> flags = flags_of(instruction_set);
  // Two hashes of what it is made of, in different orders: one of 64 bits is short for a name that stands for its text.
  Fnv1a forward, backward;
  const auto feed = [](Fnv1a& hash, std::string_view part) {
    const std::uint64_t size = part.size();
    hash.feed(&size, sizeof size);
    hash.feed(part.data(), part.size());
  };
  std::vector<std::string_view> parts = {identity, text};
  parts.insert(parts.end(), flags.begin(), flags.end());
  for (const auto& each : compile::kernel_texts()) parts.insert(parts.end(), {each.path, each.text});
  for (const auto& part : parts) feed(forward, part);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) feed(backward, *part);
  const std::string name =
      problem.model.name + "-" + instruction_set + "-" + forward.text().substr(8) + backward.text().substr(8);

  const compile::Cache cache;
  if (source == Source::cache) {
    const auto found = cache.find(name);
    if (!found) throw IoError("not in the cache");
    load(*found);
    return;
  }
  const auto make = [&](const std::string& path) {
    const auto start = std::chrono::steady_clock::now();
    const std::filesystem::path folder = std::filesystem::path(path).parent_path() / "text";
    for (const auto& each : compile::kernel_texts()) write_text(folder / each.path, each.text);
    write_text(folder / "kernel.cpp", text);
    std::vector<std::string> words = {compiler};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {"-I" + folder.string(), "-o", path, (folder / "kernel.cpp").string()});
    const compile::Command command = compile::run_command(words, &stop);
    if (stop) throw IoError("given up");
    if (command.status != 0) throw IoError(compiler + ": " + reason_in(command.output));
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  try {
    cache.with_file(name, make, [&](const std::string& path) { load(path); });
  } catch (const std::filesystem::filesystem_error& e) {
    throw IoError(e.what());
  }
}

void CompiledKernel::load(const std::string& path) {
  library_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_) throw IoError(std::string("cannot load the compiled kernel: ") + ::dlerror());
  const auto* size = static_cast<const unsigned long*>(::dlsym(library_, "orbitwalk_request"));
  function_ = reinterpret_cast<bool (*)(const KernelRequest*)>(::dlsym(library_, "orbitwalk_kernel"));
  if (!size || *size != sizeof(KernelRequest) || !function_) {
    ::dlclose(library_);
    throw IoError("the compiled kernel is not one of this program");
  }
}

CompiledKernel::~CompiledKernel() {
  if (library_) ::dlclose(library_);
}

}  // namespace orbitwalk
