// SPDX-License-Identifier: Apache-2.0
#include "backends/reference/reference.hpp"

namespace orbitwalk {
namespace {

class ReferenceBackend : public Backend {
 public:
  explicit ReferenceBackend(const Problem& problem) : problem_(problem) {
#define ORBITWALK_MODEL(model_name, Type) \
  if (problem.model.name == #model_name) run_ = reference::run_##model_name;
#include "orbitwalk/models/registry.hpp"
#undef ORBITWALK_MODEL
  }
  std::string name() const override { return "reference"; }
  std::string device() const override { return "one core, scalar"; }
  int workers() const override { return 1; }
  std::uint64_t preferred_blocks() const override { return 1; }
  bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) override {
    reference::Request request{problem_, first_block, blocks, stop, result};
    run_(request);
    return request.complete;
  }

 private:
  const Problem& problem_;
  void (*run_)(reference::Request&) = nullptr;
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend(const Problem& problem) {
  return std::make_unique<ReferenceBackend>(problem);
}

}  // namespace orbitwalk
