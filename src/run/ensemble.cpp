// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/ensemble.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include "orbitwalk/error.hpp"
#include "run/memory.hpp"

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

void Tally::mark_done(std::uint64_t first, std::uint64_t count) {
  std::fill_n(done.begin() + first, count, 1);
  std::erase_if(suspended,
                [&](const SuspendedBlock& each) { return each.block >= first && each.block - first < count; });
}

std::uint64_t Tally::blocks_done() const { return std::count(done.begin(), done.end(), 1); }

namespace {

struct Piece {
  std::uint64_t first, count;
};

// The blocks that are not done, in consecutive pieces of at most `most`; suspended ones come first, each by itself.
std::vector<Piece> pieces_to_do(const Tally& tally, std::uint64_t most) {
  std::vector<Piece> pieces;
  std::vector<char> taken = tally.done;
  for (const SuspendedBlock& each : tally.suspended) {
    pieces.push_back({each.block, 1});
    taken[each.block] = 1;
  }
  const std::size_t whole = pieces.size();
  for (std::uint64_t b = 0; b < taken.size(); ++b) {
    if (taken[b]) continue;
    if (pieces.size() > whole && pieces.back().first + pieces.back().count == b && pieces.back().count < most)
      ++pieces.back().count;
    else pieces.push_back({b, 1});
  }
  return pieces;
}

std::uint64_t particles_of(const Problem& problem, std::uint64_t first_block, std::uint64_t blocks) {
  return std::min(blocks * block_size, problem.plan.particles - first_block * block_size);
}

ChunkResult empty_result(const Problem& problem, const Piece& piece) {
  const std::uint64_t particles = piece.count * block_size;
  ChunkResult result;
  result.sums.resize(piece.count * problem.observed.size());
  result.cells.assign(2 * problem.plan.batches * problem.plan.cells, 0);
  if (problem.quantiles)
    result.last.assign(problem.observed.size() * particles, std::numeric_limits<double>::quiet_NaN());
  result.series.assign(problem.series_values() * particles, std::numeric_limits<float>::quiet_NaN());
  result.diverged.assign(particles, 0);
  return result;
}

// The piece, one block, continues from where it was suspended.
void take_up(const Problem& problem, const Piece& piece, const SuspendedBlock& block, const Tally& tally,
             ChunkResult& result) {
  const std::uint64_t first = piece.first * block_size, particles = particles_of(problem, piece.first, 1);
  for (std::size_t o = 0; o < problem.observed.size() && problem.quantiles; ++o) {
    const std::uint64_t from = o * problem.plan.particles + first;
    const auto to = result.last.begin() + std::ptrdiff_t(o * block_size);
    if (!tally.last_double.empty()) std::copy_n(tally.last_double.begin() + from, particles, to);
    else std::copy_n(tally.last_float.begin() + from, particles, to);
  }
  for (std::size_t row = 0; row < problem.series_values(); ++row) {
    std::copy_n(tally.series.begin() + row * problem.plan.particles + first, particles,
                result.series.begin() + row * block_size);
  }
  result.diverged = block.diverged;
  result.suspended = block;
}

// Adds the complete blocks of a piece, and keeps the one that was stopped.
void merge(const Problem& problem, const Piece& piece, ChunkResult& result, Tally& tally) {
  const std::size_t observed = problem.observed.size();
  const std::uint64_t first = piece.first * block_size, stride = piece.count * block_size;
  const std::uint64_t complete = particles_of(problem, piece.first, result.complete);
  const std::uint64_t shown = result.suspended ? particles_of(problem, piece.first, result.complete + 1) : complete;
  std::copy_n(result.sums.begin(), result.complete * observed, tally.sums.begin() + piece.first * observed);
  for (std::size_t i = 0; i < tally.cells.size(); ++i) tally.cells[i] += result.cells[i];
  for (std::size_t o = 0; o < observed && problem.quantiles; ++o) {
    const auto from = result.last.begin() + o * stride;
    const std::uint64_t to = o * problem.plan.particles + first;
    if (!tally.last_double.empty()) std::copy_n(from, shown, tally.last_double.begin() + to);
    else
      std::transform(from, from + shown, tally.last_float.begin() + to, [](double x) { return static_cast<float>(x); });
  }
  for (std::size_t row = 0; row < problem.series_values(); ++row) {
    std::copy_n(result.series.begin() + row * stride, shown,
                tally.series.begin() + row * problem.plan.particles + first);
  }
  for (std::uint64_t i = 0; i < complete; ++i) {
    if (result.diverged[i] != 0) tally.diverged.push_back({first + i, result.diverged[i]});
  }
  tally.counters += result.counters;
  tally.mark_done(piece.first, result.complete);
  if (result.suspended) tally.suspend(std::move(*result.suspended));
}

}  // namespace

bool run_ensemble(const Problem& problem, Backend& backend, const EnsembleOptions& options, Tally& tally) {
  using Clock = std::chrono::steady_clock;
  const std::uint64_t most =
      options.chunk_blocks > 0 ? options.chunk_blocks : std::max<std::uint64_t>(1, backend.preferred_blocks());
  const std::vector<Piece> pieces = pieces_to_do(tally, most);
  std::mutex mutex;
  std::size_t next = 0;
  std::uint64_t blocks_done = tally.blocks_done();
  std::uint64_t steps_done = kept(problem, tally, backend.continues_blocks()).steps;
  bool given_up = false;  // read by the backends through an atomic load
  std::exception_ptr failure;
  auto last_checkpoint = Clock::now();

  const auto stopped = [&] {
    return __atomic_load_n(&given_up, __ATOMIC_RELAXED) ||
           (options.stop && __atomic_load_n(options.stop, __ATOMIC_RELAXED));
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
        ChunkResult result = empty_result(problem, piece);
        std::uint64_t told = 0;  // steps of this piece; what is left when it ends is added then
        if (backend.continues_blocks()) {
          // The block stays in the tally as it was until it has come further, for checkpoints that are written
          // meanwhile.
          const std::lock_guard lock(mutex);
          const SuspendedBlock* suspended = tally.find_suspended(piece.first);
          if (suspended) take_up(problem, piece, *suspended, tally, result), told = suspended->steps_taken();
        }
        const std::uint64_t steps_of_piece = particles_of(problem, piece.first, piece.count) * problem.plan.end();
        result.report_every = options.report_every;
        result.advanced = [&](std::uint64_t steps) {
          const std::lock_guard lock(mutex);
          steps = std::min(steps, steps_of_piece - told);  // not the empty lanes of the last pack
          told += steps;
          steps_done += steps;
          if (options.progress) options.progress(blocks_done, steps_done);
        };
        const bool complete = backend.run(piece.first, piece.count, options.stop ? *options.stop : given_up, result);
        if (complete) result.complete = piece.count;
        const std::lock_guard lock(mutex);
        merge(problem, piece, result, tally);
        blocks_done += result.complete;
        if (!complete) return;
        steps_done += steps_of_piece - told;
        if (options.progress) options.progress(blocks_done, steps_done);
        if (options.checkpoint &&
            std::chrono::duration<double>(Clock::now() - last_checkpoint).count() > options.checkpoint_seconds) {
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
  const std::size_t workers =
      std::min<std::size_t>(std::max(1, backend.workers()), std::max<std::size_t>(1, pieces.size()));
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
