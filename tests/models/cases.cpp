// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/cases.hpp"

#include <cctype>

#include "models/catalog.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec.hpp"

namespace orbitwalk::test {
namespace {

ModelCase plain(const std::string& name, const std::string& keys = "") {
  ModelCase result{name, name, "[model]\nname = \"" + name + "\"\n" + keys + "\n", false};
  for (char c : keys) {
    if (std::isalnum(static_cast<unsigned char>(c))) result.title += c;
    else if (result.title.back() != '_') result.title += '_';
  }
  return result;
}

ModelCase with_data(const std::string& name, const std::string& keys) {
  ModelCase result = plain(name, keys);
  result.title += "_data";
  result.toml += "[data]\nteacher = { samples = 37, noise = 0.3, seed = 5 }\n";
  result.data = true;
  return result;
}

ModelCase with_instance(const std::string& name, const std::string& keys, const std::string& instance) {
  ModelCase result = plain(name, keys + "\n" + instance);
  result.toml = "[model]\nname = \"" + name + "\"\n" + keys + "\n[data]\ninstance = { " + instance + " }\n";
  result.instance = true;
  return result;
}

// Whether a linear teacher's data is data for the model.
bool takes_teacher(const std::string& name) {
  const ModelCase model = with_data(name, "");
  const Spec spec = Spec::from_string(model.toml, model.title);
  try {
    return describe_model(root_section(spec).section("model"), DataSource(root_section(spec).optional_section("data")))
               .samples > 0;
  } catch (const SpecError&) {
    return false;
  }
}

}  // namespace

std::vector<ModelCase> symmetric_cases() {
  std::vector<ModelCase> cases;
  for (const auto& name : model_names()) {
    cases.push_back(plain(name));
    // A model that takes data is tested with a teacher's, by being listed.
    if (takes_teacher(name)) cases.push_back(with_data(name, ""));
  }
  cases.push_back(plain("radial", "dimension = 1"));
  cases.push_back(plain("radial", "dimension = 6\nloss = { stiffness = 2.0, radius = 1.5 }"));
  cases.push_back(plain("hadamard", "coordinates = 4"));
  cases.push_back(with_data("hadamard", "coordinates = 3"));
  cases.push_back(plain("relu", "inputs = 2\nhidden = 3\noutputs = 2"));
  cases.push_back(with_data("relu", "inputs = 2\nhidden = 3\noutputs = 2"));
  cases.push_back(plain("matrix_product", "rows = 2\ncolumns = 4\nrank = 3"));
  cases.push_back(plain("matrix_product", "rows = 5\ncolumns = 3\nrank = 2"));
  cases.push_back(with_data("matrix_product", "rows = 2\ncolumns = 3\nrank = 2"));
  cases.push_back(plain("gram_product", "rows = 4\nrank = 4"));
  cases.push_back(plain("gram_product", "rows = 6\nrank = 1"));
  cases.push_back(plain("conjugation", "size = 1"));
  cases.push_back(plain("conjugation", "size = 3\nloss = { center = 0.5, stiffness = 2.0 }"));
  cases.push_back(plain("conjugation", "size = 7"));
  cases.push_back(plain("softmax_shift", "loss = { target = [0.5, 0.3, 0.15, 0.05] }"));
  cases.push_back(plain("scale_invariant", "dimension = 2\nloss = { strength = -2.0 }"));
  cases.push_back(plain("scale_invariant", "dimension = 7"));
  cases.push_back(plain("deep_hadamard", "depth = 2\ncoordinates = 3"));
  cases.push_back(plain("deep_hadamard", "depth = 5\nloss = { target = [0.5, -1.0], stiffness = 2.0 }"));
  cases.push_back(with_data("deep_hadamard", "depth = 4\ncoordinates = 2"));
  cases.push_back(plain("groups", "groups = 3\nsize = 1\nloss = { target = [0.5, 1.0, 0.0] }"));
  cases.push_back(plain("groups", "groups = 2\nsize = 3\nloss = { kind = \"quadratic\", target = 0.5 }"));
  cases.push_back(with_data("groups", "groups = 1\nsize = 4"));
  cases.push_back(plain("mapped_hadamard", "coordinates = 4"));
  cases.push_back(plain("mapped_hadamard", "map = \"fourier\"\nloss = { target = [1.0, 0.5, -0.5, 0.0, 2.0] }"));
  cases.push_back(plain("mapped_hadamard", "map = \"identity\"\ncoordinates = 2"));
  cases.push_back(with_data("mapped_hadamard", "map = \"fourier\"\ncoordinates = 4"));
  cases.push_back(plain("attention", "loss = { kind = \"strength_quadratic\", target = 1.5 }"));
  cases.push_back(plain("attention", "symmetry = \"full\"\nembedding = 5\nhead = 3"));
  cases.push_back(with_data("attention", "symmetry = \"full\"\nembedding = 3\nhead = 2\ntokens = 4"));
  cases.push_back(with_data("attention", "embedding = 2\nhead = 1\ntokens = 5"));
  cases.push_back(with_data("attention", "embedding = 3\nhead = 2\ntokens = 4\nvalues = 2"));
  cases.push_back(with_data("attention", "symmetry = \"full\"\nembedding = 3\nhead = 2\nvalues = 5"));
  cases.push_back(
      with_instance("attention", "embedding = 3\nhead = 2\ntokens = 4\nvalues = 3", "head = 1, gain = [2.0, 1.0]"));
  cases.push_back(with_instance("attention", "symmetry = \"full\"\nembedding = 2\nhead = 1", "head = 3"));
  cases.push_back(with_instance("hadamard", "coordinates = 6", "samples = 7, nonzero = 2"));
  cases.push_back(
      with_instance("hadamard", "", "kind = \"signal\", levels = [1.0, -0.5], lengths = [3, 2], samples = 9"));
  cases.push_back(with_instance("mapped_hadamard", "coordinates = 5", "kind = \"spectrum\", samples = 4, nonzero = 1"));
  cases.push_back(with_instance("mapped_hadamard", "map = \"fourier\"",
                                "kind = \"signal\", levels = [1.0, 2.0], lengths = [3, 3], samples = 5"));
  cases.push_back(
      with_instance("completion", "rows = 5\ncolumns = 4\nrank = 3", "singular_values = [3.0, 1.0], observed = 0.4"));
  cases.push_back(with_instance("completion", "rows = 3\ncolumns = 6\nrank = 4\nkeep = 1.0",
                                "singular_values = 2.0, observed = 1.0"));
  cases.push_back(plain("completion", "rows = 2\ncolumns = 3\nrank = 5\ninitial_deviation = [1.0, 0.5]"));
  return cases;
}

std::vector<ModelCase> model_cases() {
  std::vector<ModelCase> cases = symmetric_cases();
  cases.push_back(plain("hadamard", "weight_decay = 0.3"));
  cases.push_back(with_data("hadamard", "coordinates = 2\nweight_decay = 0.3"));
  cases.push_back(plain("relu", "weight_decay = 0.3"));
  cases.push_back(with_data("relu", "weight_decay = 0.3"));
  cases.push_back(plain("matrix_product", "weight_decay = 0.3"));
  cases.push_back(with_data("matrix_product", "weight_decay = 0.3"));
  cases.push_back(plain("scale_invariant", "dimension = 4\nweight_decay = 0.3"));
  cases.push_back(plain("deep_hadamard", "weight_decay = 0.3"));
  cases.push_back(with_data("deep_hadamard", "weight_decay = 0.3"));
  cases.push_back(plain("groups", "weight_decay = 0.3"));
  cases.push_back(with_data("groups", "weight_decay = 0.3"));
  cases.push_back(with_data("mapped_hadamard", "weight_decay = 0.3"));
  cases.push_back(plain("attention", "weight_decay = 0.3"));
  cases.push_back(with_data("attention", "weight_decay = 0.3"));
  cases.push_back(with_data("attention", "embedding = 2\nvalues = 4\nweight_decay = 0.3"));
  cases.push_back(plain("linear", "l1 = 0.3"));
  cases.push_back(with_data("linear", "l1 = 0.3\nweight_decay = 0.1"));
  cases.push_back(with_instance("linear", "coordinates = 11\nl1 = 0.05", "samples = 13, nonzero = 4"));
  cases.push_back(with_instance("linear", "weight_decay = 0.2",
                                "kind = \"signal\", levels = [1.0, -0.5, 2.0], lengths = [3, 2, 4], samples = 7"));
  cases.push_back(with_instance("hadamard", "coordinates = 6\nweight_decay = 0.3", "samples = 3, nonzero = 2"));
  return cases;
}

ModelDescription describe(const ModelCase& model) {
  const Spec spec = Spec::from_string(model.toml, model.title);
  ModelDescription result =
      describe_model(root_section(spec).section("model"), DataSource(root_section(spec).optional_section("data")));
  check_all_used(spec);
  return result;
}

std::string title_of(const testing::TestParamInfo<ModelCase>& info) { return info.param.title; }

}  // namespace orbitwalk::test
