// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/run/ensemble.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/run/memory.hpp"

namespace orbitwalk {

namespace {

const Problem& checked_size(const Problem& problem) {
  check_memory(problem, 1, 1);
  return problem;
}

}  // namespace

Tally::Tally(const Problem& problem)
    : done(checked_size(problem).blocks(), 0), sums(problem.blocks() * problem.observed.size()),
      cells(2 * problem.plan.batches * problem.plan.cells, 0) {
  series.assign(problem.series_values() * problem.plan.particles, std::numeric_limits<float>::quiet_NaN());
  if (!problem.quantiles) return;
  const std::size_t count = problem.observed.size() * problem.plan.particles;
  if (problem.plan.precision == Precision::float64) last_double.assign(count, std::numeric_limits<double>::quiet_NaN());
  else last_float.assign(count, std::numeric_limits<float>::quiet_NaN());
}

void Tally::mark_done(std::uint64_t first, std::uint64_t count) { std::fill_n(done.begin() + first, count, 1); }

std::uint64_t Tally::blocks_done() const { return std::count(done.begin(), done.end(), 1); }

namespace {

struct Piece {
  std::uint64_t first, count;
};

// The blocks that are not done, in consecutive pieces of at most `most`.
std::vector<Piece> pieces_to_do(const std::vector<char>& done, std::uint64_t most) {
  std::vector<Piece> pieces;
  for (std::uint64_t b = 0; b < done.size(); ++b) {
    if (done[b]) continue;
    if (!pieces.empty() && pieces.back().first + pieces.back().count == b && pieces.back().count < most) ++pieces.back().count;
    else pieces.push_back({b, 1});
  }
  return pieces;
}

void merge(const Problem& problem, const Piece& piece, const ChunkResult& result, Tally& tally) {
  const std::size_t observed = problem.observed.size();
  const std::uint64_t first = piece.first * block_size, stride = piece.count * block_size;
  const std::uint64_t particles = std::min(stride, problem.plan.particles - first);
  std::copy(result.sums.begin(), result.sums.end(), tally.sums.begin() + piece.first * observed);
  for (std::size_t i = 0; i < tally.cells.size(); ++i) tally.cells[i] += result.cells[i];
  for (std::size_t o = 0; o < observed && problem.quantiles; ++o) {
    const auto from = result.last.begin() + o * stride;
    const std::uint64_t to = o * problem.plan.particles + first;
    if (!tally.last_double.empty()) std::copy_n(from, particles, tally.last_double.begin() + to);
    else std::transform(from, from + particles, tally.last_float.begin() + to, [](double x) { return static_cast<float>(x); });
  }
  for (std::size_t row = 0; row < problem.series_values(); ++row) {
    std::copy_n(result.series.begin() + row * stride, particles, tally.series.begin() + row * problem.plan.particles + first);
  }
  for (std::uint64_t i = 0; i < particles; ++i) {
    if (result.diverged[i] != 0) tally.diverged.push_back({first + i, result.diverged[i]});
  }
  tally.counters += result.counters;
  tally.mark_done(piece.first, piece.count);
}

}  // namespace

bool run_ensemble(const Problem& problem, Backend& backend, const EnsembleOptions& options, Tally& tally) {
  using Clock = std::chrono::steady_clock;
  const std::uint64_t most = options.chunk_blocks > 0 ? options.chunk_blocks : std::max<std::uint64_t>(1, backend.preferred_blocks());
  const std::vector<Piece> pieces = pieces_to_do(tally.done, most);
  std::mutex mutex;
  std::size_t next = 0;
  std::uint64_t blocks_done = tally.blocks_done();
  const std::uint64_t steps_a_block = problem.plan.end() * block_size;
  std::uint64_t steps_done = blocks_done * steps_a_block;
  bool given_up = false;  // read by the backends through an atomic load
  std::exception_ptr failure;
  auto last_checkpoint = Clock::now();

  const auto stopped = [&] {
    return __atomic_load_n(&given_up, __ATOMIC_RELAXED) || (options.stop && __atomic_load_n(options.stop, __ATOMIC_RELAXED));
  };
  const auto work = [&] {
    try {
      while (!stopped()) {
        Piece piece;
        {
          const std::lock_guard lock(mutex);
          if (next == pieces.size()) return;
          piece = pieces[next++];
        }
        ChunkResult result;
        result.sums.resize(piece.count * problem.observed.size());
        result.cells.assign(tally.cells.size(), 0);
        if (problem.quantiles) {
          result.last.assign(problem.observed.size() * piece.count * block_size, std::numeric_limits<double>::quiet_NaN());
        }
        result.series.assign(problem.series_values() * piece.count * block_size, std::numeric_limits<float>::quiet_NaN());
        result.diverged.assign(piece.count * block_size, 0);
        std::uint64_t told = 0;  // of this piece; what is left when it ends is added then
        result.advanced = [&](std::uint64_t steps) {
          const std::lock_guard lock(mutex);
          steps = std::min(steps, piece.count * steps_a_block - told);  // not the empty lanes of the last pack
          told += steps;
          steps_done += steps;
          if (options.progress) options.progress(blocks_done, steps_done);
        };
        if (!backend.run(piece.first, piece.count, options.stop ? *options.stop : given_up, result)) return;
        const std::lock_guard lock(mutex);
        merge(problem, piece, result, tally);
        blocks_done += piece.count;
        steps_done += piece.count * steps_a_block - told;
        if (options.progress) options.progress(blocks_done, steps_done);
        if (options.checkpoint && std::chrono::duration<double>(Clock::now() - last_checkpoint).count() > options.checkpoint_seconds) {
          options.checkpoint(tally);
          last_checkpoint = Clock::now();
        }
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      __atomic_store_n(&given_up, true, __ATOMIC_RELAXED);
    }
  };
  const std::size_t workers = std::min<std::size_t>(std::max(1, backend.workers()), std::max<std::size_t>(1, pieces.size()));
  std::vector<std::thread> threads;
  try {
    for (std::size_t i = 1; i < workers; ++i) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that there are do the work.
  }
  work();
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  std::sort(tally.diverged.begin(), tally.diverged.end());
  return blocks_done == problem.blocks();
}

}  // namespace orbitwalk
