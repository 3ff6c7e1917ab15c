// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// matrix_product against tuned matrix products, one core, for the instruction set that this file is compiled for: the
// gradient, the noise and a whole Euler-Maruyama step of a pack of particles, and products of single 20×20 matrices by
// Eigen and OpenBLAS in the same run. GFlop/s count the multiplications and additions of the matrix products alone,
// three of them a gradient; the last lines give the shares of the fastest tuned product.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernels/integrators/euler_maruyama.hpp"
#include "kernels/models/matrix_product.hpp"
#include "kernels/models/model_functions.hpp"
#include "kernels/walk/walk_particles.hpp"
#include "models/model_parameters.hpp"
#if defined(ORBITWALK_BENCH_OPENBLAS)
#include <cblas.h>
#endif

namespace orbitwalk {
namespace {

constexpr int size = 20;  // rows, columns and rank
constexpr double product_flops = 2.0 * size * size * size;

void set_flops(benchmark::State& state, double flops_an_iteration) {
  state.counters["GFlop/s"] =
      benchmark::Counter(1e-9 * flops_an_iteration * state.iterations(), benchmark::Counter::kIsRate);
}

// ---- The model: a pack of particles, as the cpu backend runs it
// ------------------------------------------------------------

/// A pack on its own, through the model's table; `samples` > 0: the least-squares loss, which has a fourth product.
template <class R>
struct Particles {
  using Lane = Pack<R, isa::ORBITWALK_ISA>;
  static constexpr int width = LaneTraits<Lane>::width;
  std::vector<std::vector<R>> arrays;
  Plan plan;
  std::vector<R> mean, scale;
  std::unique_ptr<Lane[], void (*)(void*)> storage{nullptr, std::free};
  std::unique_ptr<AnyModel<Lane>> model;
  std::unique_ptr<WalkMemory<Lane>> memory;

  explicit Particles(int samples) {
    std::vector<double> identity(size * size);
    for (int i = 0; i < size; ++i) identity[i * size + i] = 1;
    const ModelView<R> view = make_view<R>(store(MatrixProductParameters<Stored>{.rows = size,
                                                                                 .columns = size,
                                                                                 .rank = size,
                                                                                 .samples = samples,
                                                                                 .stiffness = 1,
                                                                                 .target = identity,
                                                                                 .hessian = identity,
                                                                                 .cross = identity}),
                                           arrays);
    model = std::make_unique<AnyModel<Lane>>(make_functions<Lane>(MatrixProduct<R>(view)));
    plan.step = 1e-3;
    plan.horizontal = plan.vertical = 0.3;
    plan.particles = width;
    const int d = model->parameters();
    mean.assign(d, 0);
    scale.assign(d, R(0.2));
    const WorkspaceLayout layout =
        workspace_layout<R>(*model, EulerMaruyama::Step<R, false, IsotropicNoise>(plan), plan);
    storage.reset(static_cast<Lane*>(std::aligned_alloc(64, layout.total() * sizeof(Lane))));
    memory = std::make_unique<WalkMemory<Lane>>(layout, storage.get());
    memory->walk.seed = 7;
    memory->walk.ids = consecutive_ids<Lane>(0);
    draw_initial_state(memory->walk, d, memory->walk.ids, InitialView<R>{mean.data(), scale.data()});
  }
};

double gradient_flops(int width, int samples) { return (samples > 0 ? 4 : 3) * product_flops * width; }

template <class R>
void gradient(benchmark::State& state, int samples) {
  Particles<R> particles(samples);
  auto& walk = particles.memory->walk;
  for (auto _ : state) {
    particles.model->gradient(walk.theta, walk.gradient, walk.scratch);
    benchmark::ClobberMemory();
  }
  set_flops(state, gradient_flops(particles.width, samples));
}

template <class R>
void noise(benchmark::State& state, Variates kind) {
  Particles<R> particles(0);
  auto& walk = particles.memory->walk;
  const NoiseAddress address = noise_address<R>(kind, particles.model->parameters());
  const PhiloxStream<std::decay_t<decltype(*walk.theta)>> stream(walk.seed, walk.ids, 0);
  std::uint64_t k = 0;
  for (auto _ : state) {
    fill_noise_called(walk.noise, stream, kind, address, k++, Purpose::diffusion);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * particles.model->parameters() * particles.width);
}

template <class R>
void step(benchmark::State& state, Variates kind, int samples) {
  Particles<R> particles(samples);
  particles.plan.variates = kind;
  const EulerMaruyama::Step<R, false, IsotropicNoise> integrator(particles.plan);
  std::uint64_t k = 0;
  for (auto _ : state) {
    integrator.advance(*particles.model, particles.memory->walk, k, k + 1);
    benchmark::ClobberMemory();
    ++k;
  }
  set_flops(state, gradient_flops(particles.width, samples));
  state.SetItemsProcessed(state.iterations() * particles.width);  // particle-steps
}

// ---- Tuned products C = A B of single matrices
// ------------------------------------------------------------------------------

/// `count` triples (A, B, C): one stays in the first cache, some hundreds in the second, many come from memory.
template <class R>
struct Triples {
  int count;
  std::vector<R, Eigen::aligned_allocator<R>> numbers;
  explicit Triples(int n) : count(n), numbers(std::size_t(n) * 3 * size * size) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = R(i % 17) / 16 - R(0.5);
  }
  R* a(int i) { return &numbers[std::size_t(3 * i) * size * size]; }
  R* b(int i) { return a(i) + size * size; }
  R* c(int i) { return a(i) + 2 * size * size; }
};

template <class R, class Multiply>
void products(benchmark::State& state, int count, Multiply multiply) {
  Triples<R> triples(count);
  for (auto _ : state) {
    for (int i = 0; i < count; ++i) {
      multiply(triples.a(i), triples.b(i), triples.c(i));
      benchmark::ClobberMemory();
    }
  }
  set_flops(state, product_flops * count);
}

template <class R>
using FixedMatrix = Eigen::Matrix<R, size, size, Eigen::RowMajor>;
template <class R>
using DynamicMatrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class R>
void eigen_fixed(const R* a, const R* b, R* c) {
  Eigen::Map<FixedMatrix<R>, Eigen::Aligned16>(c).noalias() =
      Eigen::Map<const FixedMatrix<R>, Eigen::Aligned16>(a) * Eigen::Map<const FixedMatrix<R>, Eigen::Aligned16>(b);
}
template <class R>
void eigen_lazy(const R* a, const R* b, R* c) {
  Eigen::Map<FixedMatrix<R>, Eigen::Aligned16>(c).noalias() =
      Eigen::Map<const FixedMatrix<R>, Eigen::Aligned16>(a).lazyProduct(
          Eigen::Map<const FixedMatrix<R>, Eigen::Aligned16>(b));
}
template <class R>
void eigen_dynamic(const R* a, const R* b, R* c) {
  int n = size;
  benchmark::DoNotOptimize(n);
  Eigen::Map<DynamicMatrix<R>>(c, n, n).noalias() =
      Eigen::Map<const DynamicMatrix<R>>(a, n, n) * Eigen::Map<const DynamicMatrix<R>>(b, n, n);
}
#if defined(ORBITWALK_BENCH_OPENBLAS)
void openblas(const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, a, size, b, size, 0, c, size);
}
void openblas(const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, a, size, b, size, 0, c, size);
}
#endif

// ---- Names, and the shares at the end
// ------------------------------------------------------------------------------------------

template <class R>
void register_precision(const std::string& real) {
  for (const int samples : {0, 100}) {
    const std::string what = real + (samples ? ", data" : "");
    benchmark::RegisterBenchmark(("model gradient, " + what).c_str(), gradient<R>, samples);
    benchmark::RegisterBenchmark(("model step gaussian, " + what).c_str(), step<R>, Variates::gaussian, samples);
    benchmark::RegisterBenchmark(("model step rademacher, " + what).c_str(), step<R>, Variates::rademacher, samples);
  }
  benchmark::RegisterBenchmark(("noise gaussian, " + real).c_str(), noise<R>, Variates::gaussian);
  benchmark::RegisterBenchmark(("noise rademacher, " + real).c_str(), noise<R>, Variates::rademacher);
  const struct {
    const char* name;
    int count;
  } batches[] = {{"one", 1}, {"64", 64}, {"16384", 16384}};
  for (const auto& batch : batches) {
    const std::string what = std::string(" ") + batch.name + ", " + real;
    benchmark::RegisterBenchmark(("gemm Eigen fixed" + what).c_str(), products<R, decltype(&eigen_fixed<R>)>,
                                 batch.count, eigen_fixed<R>);
    benchmark::RegisterBenchmark(("gemm Eigen lazy" + what).c_str(), products<R, decltype(&eigen_lazy<R>)>, batch.count,
                                 eigen_lazy<R>);
    benchmark::RegisterBenchmark(("gemm Eigen dynamic" + what).c_str(), products<R, decltype(&eigen_dynamic<R>)>,
                                 batch.count, eigen_dynamic<R>);
#if defined(ORBITWALK_BENCH_OPENBLAS)
    using Multiply = void (*)(const R*, const R*, R*);
    benchmark::RegisterBenchmark(("gemm OpenBLAS" + what).c_str(), products<R, Multiply>, batch.count,
                                 static_cast<Multiply>(openblas));
#endif
  }
}

/// Keeps every rate, to set them in proportion.
class Shares : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto counter = run.counters.find("GFlop/s");
      const bool single = run.run_type == Run::RT_Iteration && run.repetitions > 1;  // the median is reported as well
      if (counter == run.counters.end() || single ||
          (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median"))
        continue;
      rates_.push_back({run.run_name.function_name, counter->second.value});
    }
  }
  void print(const std::string& real) const {
    const Rate* best = nullptr;
    for (const Rate& rate : rates_) {
      if (rate.name.rfind("gemm", 0) == 0 && is_of(rate.name, real) && (!best || rate.value > best->value))
        best = &rate;
    }
    if (!best) return;
    std::printf("\nfastest tuned product: %.1f GFlop/s (%s)\n", best->value, best->name.c_str());
    for (const Rate& rate : rates_) {
      if (rate.name.rfind("model", 0) == 0 && is_of(rate.name, real)) {
        std::printf("%-36s %6.1f GFlop/s %5.0f %%\n", rate.name.c_str(), rate.value, 100 * rate.value / best->value);
      }
    }
  }

 private:
  struct Rate {
    std::string name;
    double value;
  };
  static bool is_of(const std::string& name, const std::string& real) {
    return name.find(", " + real) != std::string::npos;
  }
  std::vector<Rate> rates_;
};

}  // namespace

void run_benchmarks(int argc, char** argv) {
#if defined(ORBITWALK_BENCH_OPENBLAS)
  openblas_set_num_threads(1);
  std::printf("OpenBLAS: kernels for %s\n", openblas_get_corename());
#endif
  register_precision<float>("float");
  register_precision<double>("double");
  benchmark::Initialize(&argc, argv);
  Shares shares;
  benchmark::RunSpecifiedBenchmarks(&shares);
  for (const char* real : {"float", "double"}) shares.print(real);
}

}  // namespace orbitwalk

int main(int argc, char** argv) { orbitwalk::run_benchmarks(argc, argv); }
