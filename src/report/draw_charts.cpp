// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/draw_charts.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "report/assets.hpp"
#include "report/json.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

constexpr int no_matplotlib = 3, no_interpreter = 127;  // exit codes of the child
constexpr const char* advice = " (on Debian and Ubuntu: apt-get install python3-matplotlib)";

[[noreturn]] void fail(const std::string& what) { throw IoError("cannot draw the charts: " + what); }

/// A file without a name, gone with the last descriptor: what goes into and comes out of the drawer may be larger than
/// a pipe holds.
using Scratch = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Scratch scratch(const std::string& content = {}) {
  Scratch file(std::tmpfile(), &std::fclose);
  if (!file) fail(std::string("no temporary file: ") + std::strerror(errno));
  if (std::fwrite(content.data(), 1, content.size(), file.get()) != content.size() || std::fflush(file.get()) != 0) {
    fail(std::string("temporary file: ") + std::strerror(errno));
  }
  std::rewind(file.get());
  return file;
}

std::string content_of(std::FILE* file) {
  std::string text;
  std::array<char, 65536> buffer;
  std::rewind(file);
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file)) text.append(buffer.data(), n);
  return text;
}

struct Outcome {
  int status = 0;     ///< of waitpid
  std::string error;  ///< what it said on stderr
};

// A child that is still there is killed, whatever throws.
struct Child {
  pid_t id = -1;
  int errors = -1;
  ~Child() {
    if (errors >= 0) ::close(errors);
    if (id > 0) {
      ::kill(id, SIGKILL);
      while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }
};

Outcome run_drawer(const std::string& python, const std::string& folder, std::FILE* in, std::FILE* out,
                   const std::function<bool()>& stop) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(std::strerror(errno));
  const std::array<const char*, 6> arguments = {python.c_str(), "-B", "-c", draw_script, folder.c_str(), nullptr};
  Child child;
  child.errors = ends[0];
  const pid_t parent = ::getpid();
  child.id = ::fork();
  if (child.id < 0) {
    ::close(ends[1]);
    fail(std::string("fork: ") + std::strerror(errno));
  }
  if (child.id == 0) {
    // Between fork and exec only what is safe in a process with threads.
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not go on writing when this program is killed
    if (::getppid() != parent) ::_exit(no_interpreter);
#endif
    ::dup2(::fileno(in), 0);
    ::dup2(::fileno(out), 1);
    ::dup2(ends[1], 2);
    ::execvp(python.c_str(), const_cast<char* const*>(arguments.data()));
    ::_exit(no_interpreter);
  }
  ::close(ends[1]);
  Outcome outcome;
  std::array<char, 4096> buffer;
  for (;;) {
    pollfd ready = {child.errors, POLLIN, 0};
    const int n = ::poll(&ready, 1, 100);
    if (stop && stop()) throw Interrupted("interrupted; no report was written");
    if (n <= 0) continue;
    const ssize_t got = ::read(child.errors, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (outcome.error.size() < 65536) outcome.error.append(buffer.data(), std::size_t(got));
  }
  while (::waitpid(child.id, &outcome.status, 0) < 0) {
    if (errno != EINTR) fail(std::strerror(errno));
  }
  child.id = -1;
  return outcome;
}

// A traceback's last line says what happened.
std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const auto line = text.find_last_of('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

}  // namespace

std::map<std::string, std::string> draw_charts(const std::vector<Chart>& charts, const std::string& folder,
                                               const std::function<bool()>& stop) {
  if (charts.empty()) return {};
  nlohmann::ordered_json work = {{"charts", nlohmann::ordered_json::array()}};
  for (const Chart& chart : charts) work["charts"].push_back(chart_to_json(chart));
  // In ASCII, which python3 reads in any locale.
  const Scratch in = scratch(work.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
  const char* chosen = std::getenv("ORBITWALK_PYTHON");
  std::vector<std::string> interpreters = {"python3", "/usr/bin/python3"};
  if (chosen && *chosen) interpreters = {chosen};
  std::string why;
  for (const std::string& python : interpreters) {
    std::rewind(in.get());
    const Scratch out = scratch();
    const Outcome outcome = run_drawer(python, folder, in.get(), out.get(), stop);
    if (WIFSIGNALED(outcome.status)) fail(python + " was ended by signal " + std::to_string(WTERMSIG(outcome.status)));
    const int code = WEXITSTATUS(outcome.status);
    if (code == no_interpreter && why.empty())
      why = python + " is not there; it takes python3 and its package matplotlib" + advice;
    if (code == no_matplotlib) why = python + " has no matplotlib (" + last_line(outcome.error) + ")" + advice;
    if (code == no_interpreter || code == no_matplotlib) continue;
    if (code != 0) fail(python + " ended with exit code " + std::to_string(code) + ": " + last_line(outcome.error));
    try {
      auto drawn = nlohmann::json::parse(content_of(out.get())).get<std::map<std::string, std::string>>();
      for (const Chart& chart : charts) {
        if (!drawn.count(chart.name)) fail(python + " did not draw " + chart.name);
      }
      return drawn;
    } catch (const nlohmann::json::exception& e) {
      fail(python + " did not say what it drew: " + e.what());
    }
  }
  fail(why);
}

}  // namespace orbitwalk
