// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/reference/reference.hpp"

namespace orbitwalk {
namespace {

class ReferenceBackend : public Backend {
 public:
  explicit ReferenceBackend(const Problem& problem) : problem_(problem) {}
  std::string name() const override { return "reference"; }
  std::string device() const override { return "one core, scalar"; }
  int workers() const override { return 1; }
  std::uint64_t preferred_blocks() const override { return 1; }
  bool continues_blocks() const override { return true; }
  bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) override {
    reference::Request request{problem_, first_block, blocks, stop, result};
    switch (problem_.plan.precision) {
      case Precision::float64: reference::run_precision<double, false>(request); break;
      case Precision::mixed: reference::run_precision<float, true>(request); break;
      case Precision::float32: reference::run_precision<float, false>(request); break;
    }
    return request.complete;
  }

 private:
  const Problem& problem_;
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend(const Problem& problem) {
  return std::make_unique<ReferenceBackend>(problem);
}

}  // namespace orbitwalk
