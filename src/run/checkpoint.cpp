// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "orbitwalk/error.hpp"
#include "run/checkpoint.hpp"
#include "run/identity.hpp"
#include "run/suspended_arrays.hpp"
#include "support/files.hpp"
#include "support/fnv1a.hpp"

// Pieces of constant size are written and read, so that a checkpoint takes no memory besides the tally.
namespace orbitwalk {
namespace {

constexpr std::string_view kind = "orbitwalk checkpoint ", magic = "orbitwalk checkpoint 4\n";
constexpr std::size_t piece_size = std::size_t{1} << 20;

/// Appends to a file that appears when complete, and sums up what it has been given.
class Writer {
 public:
  explicit Writer(const std::string& path) : file_(path) {}
  void append(const void* bytes, std::size_t count) {
    sum_.feed(bytes, count);
    const auto* next = static_cast<const char*>(bytes);
    if (buffer_.size() + count > piece_size) flush();
    if (count > piece_size) file_.write({next, count});
    else buffer_.append(next, count);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    const std::uint64_t count = values.size();
    append(&count, sizeof count);
    if (count > 0) append(values.data(), count * sizeof(T));
  }
  void close() {
    const std::uint64_t sum = sum_.value();
    append(&sum, sizeof sum);
    flush();
    file_.commit();
  }

 private:
  void flush() {
    if (!buffer_.empty()) file_.write(buffer_);
    buffer_.clear();
  }
  AtomicFile file_;
  Fnv1a sum_;
  std::string buffer_;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) fail(errno);
    struct stat status {};
    const bool known = ::fstat(fd_, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
      const int error = !known ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
      ::close(fd_);
      if (error != 0) fail(error);
      throw IoError(path_ + ": not a regular file");
    }
    left_ = std::uint64_t(status.st_size);
  }
  ~Reader() { ::close(fd_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[noreturn]] void damaged(const std::string& how = "") const {
    throw IoError(path_ + ": damaged checkpoint" + (how.empty() ? "" : " (" + how + ")") +
                  "; start again with --force");
  }
  /// Ends behind the magic, or throws: the whole file is read once, and only then are its parts trusted.
  void check() {
    std::uint64_t left = left_, sum;
    const std::string begin = text(std::min<std::uint64_t>(left, magic.size()));
    if (begin.size() == magic.size() && begin != magic && begin.substr(0, kind.size()) == kind && begin.back() == '\n')
      throw SpecError(path_ + ": the interrupted run is from another version of the program (checkpoint format " +
                      begin.substr(kind.size(), begin.size() - kind.size() - 1) + "); start again with --force");
    if (begin != magic || left_ < sizeof sum) damaged();
    Fnv1a hash;
    hash.feed(begin.data(), begin.size());
    std::string piece;
    while (left_ > sizeof sum) {
      piece = text(std::min<std::uint64_t>(left_ - sizeof sum, piece_size));
      hash.feed(piece.data(), piece.size());
    }
    get(&sum, sizeof sum);
    if (sum != hash.value()) damaged();
    if (::lseek(fd_, off_t(magic.size()), SEEK_SET) < 0) fail(errno);
    left_ = left - magic.size() - sizeof sum;
  }
  template <class T>
  void get(std::vector<T>& values, bool same_size) {
    std::uint64_t count;
    get(&count, sizeof count);
    if (same_size && count != values.size()) damaged("sizes of another problem");
    if (count > left_ / sizeof(T)) damaged();
    values.resize(count);
    if (count > 0) get(static_cast<void*>(values.data()), count * sizeof(T));
  }
  bool at_end() const { return left_ == 0; }

 private:
  [[noreturn]] void fail(int error) const { throw IoError(path_ + ": cannot read: " + std::strerror(error)); }
  std::string text(std::size_t count) {
    std::string bytes(count, '\0');
    get(bytes.data(), count);
    return bytes;
  }
  void get(void* to, std::size_t count) {
    if (count > left_) damaged();
    left_ -= count;
    for (auto* next = static_cast<char*>(to); count > 0;) {
      const ssize_t n = ::read(fd_, next, std::min(count, piece_size));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(errno);
      if (n == 0) damaged();
      next += n, count -= std::size_t(n);
    }
  }

  const std::string& path_;
  int fd_;
  std::uint64_t left_ = 0;
};

void check_identity(const std::string& path, const std::string& theirs, const std::string& ours) {
  if (theirs == ours) return;
  using Json = nlohmann::ordered_json;
  const Json before = Json::parse(theirs, nullptr, false), now = Json::parse(ours, nullptr, false);
  const bool comparable = !before.is_discarded() && !now.is_discarded();
  const auto list =
      comparable ? differences(before, now) : std::vector<std::string>{"other spec, seed, data or version"};
  if (list.empty()) return;  // the same content at other paths
  throw SpecError(path + ": the interrupted run is a different one: " + differences_text(list) +
                  "; repeat what was interrupted, or start again with --force");
}

}  // namespace

void write_checkpoint(const std::string& path, const Problem&, const std::string& identity, const Tally& tally,
                      double seconds) {
  Writer out(path);
  out.append(magic.data(), magic.size());
  out.put(std::vector<char>(identity.begin(), identity.end()));
  out.put(std::vector<double>{seconds});
  out.put(tally.done);
  out.put(tally.sums);
  out.put(tally.cells);
  out.put(tally.last_float);
  out.put(tally.last_double);
  out.put(tally.series);
  out.put(tally.diverged);
  out.put(std::vector<Counters>{tally.counters});
  SuspendedArrays(tally.suspended).visit([&](const auto& values) { out.put(values); });
  out.close();
}

double read_checkpoint(const std::string& path, const Problem& problem, const std::string& identity, Tally& tally) {
  Reader in(path);
  in.check();
  std::vector<char> name;
  in.get(name, false);
  check_identity(path, std::string(name.begin(), name.end()), identity);
  std::vector<double> seconds(1);
  in.get(seconds, true);
  in.get(tally.done, true);
  in.get(tally.sums, true);
  in.get(tally.cells, true);
  in.get(tally.last_float, true);
  in.get(tally.last_double, true);
  in.get(tally.series, true);
  in.get(tally.diverged, false);
  std::vector<Counters> counters(1);
  in.get(counters, true);
  SuspendedArrays suspended;
  suspended.visit([&](auto& values) { in.get(values, false); });
  tally.counters = counters[0];
  if (!in.at_end()) in.damaged();
  if (!(seconds[0] >= 0 && seconds[0] < 1e12)) in.damaged("a time of " + std::to_string(seconds[0]) + " s");
  if (const std::string what = contradiction(problem, tally); !what.empty()) in.damaged(what);
  if (!suspended.give_back(problem, tally)) in.damaged("a suspended block that cannot come from this run");
  return seconds[0];
}

}  // namespace orbitwalk
