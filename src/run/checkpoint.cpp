// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/files.hpp"
#include "orbitwalk/run/ensemble.hpp"
#include "run/suspended_arrays.hpp"

namespace orbitwalk {
namespace {

constexpr char magic[] = "orbitwalk checkpoint 4\n";

std::uint64_t checksum(const char* bytes, std::size_t count) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (std::size_t i = 0; i < count; ++i) {
    hash ^= static_cast<unsigned char>(bytes[i]);
    hash *= 0x100000001b3ull;
  }
  return hash;
}

template <class T>
void put(std::string& out, const std::vector<T>& values) {
  const std::uint64_t count = values.size();
  out.append(reinterpret_cast<const char*>(&count), sizeof count);
  if (count > 0) out.append(reinterpret_cast<const char*>(values.data()), count * sizeof(T));
}

struct Reader {
  const std::string& path;
  const std::string& bytes;
  std::size_t at, end;

  [[noreturn]] void damaged() const {
    throw IoError(path + ": damaged checkpoint; start again with --force");
  }
  template <class T>
  void get(std::vector<T>& values, bool same_size) {
    std::uint64_t count;
    if (end - at < sizeof count) damaged();
    std::memcpy(&count, bytes.data() + at, sizeof count);
    at += sizeof count;
    if (same_size && count != values.size()) damaged();
    if (count > (end - at) / sizeof(T)) damaged();
    values.resize(count);
    if (count > 0) std::memcpy(static_cast<void*>(values.data()), bytes.data() + at, count * sizeof(T));
    at += count * sizeof(T);
  }
};

}  // namespace

void write_checkpoint(const std::string& path, const Problem&, const std::string& identity, const Tally& tally) {
  std::string out = magic;
  put(out, std::vector<char>(identity.begin(), identity.end()));
  put(out, tally.done);
  put(out, tally.sums);
  put(out, tally.cells);
  put(out, tally.last_float);
  put(out, tally.last_double);
  put(out, tally.series);
  put(out, tally.diverged);
  put(out, std::vector<Counters>{tally.counters});
  SuspendedArrays(tally.suspended).visit([&](const auto& values) { put(out, values); });
  const std::uint64_t sum = checksum(out.data(), out.size());
  out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  write_file_atomically(path, out);
}

void read_checkpoint(const std::string& path, const Problem& problem, const std::string& identity, Tally& tally) {
  const std::string bytes = read_file(path);
  Reader reader{path, bytes, sizeof magic - 1, bytes.size() - std::min(bytes.size(), sizeof(std::uint64_t))};
  std::uint64_t sum;
  if (reader.end < reader.at || std::memcmp(bytes.data(), magic, reader.at) != 0) reader.damaged();
  std::memcpy(&sum, bytes.data() + reader.end, sizeof sum);
  if (sum != checksum(bytes.data(), reader.end)) reader.damaged();
  std::vector<char> name;
  reader.get(name, false);
  if (std::string(name.begin(), name.end()) != identity) {
    throw SpecError(path + ": the interrupted run has another spec, seed or version; repeat that one, or start again with --force");
  }
  reader.get(tally.done, true);
  reader.get(tally.sums, true);
  reader.get(tally.cells, true);
  reader.get(tally.last_float, true);
  reader.get(tally.last_double, true);
  reader.get(tally.series, true);
  reader.get(tally.diverged, false);
  std::vector<Counters> counters;
  reader.get(counters, false);
  SuspendedArrays suspended;
  suspended.visit([&](auto& values) { reader.get(values, false); });
  if (counters.size() != 1 || reader.at != reader.end || !suspended.give_back(problem, tally)) reader.damaged();
  tally.counters = counters[0];
}

}  // namespace orbitwalk
