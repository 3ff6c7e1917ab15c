// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compile/compiler.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>

extern char** environ;

namespace orbitwalk::compile {

namespace {

constexpr std::size_t kMostOutput = 4000;
constexpr int kPatience = 50;  // milliseconds between two looks at `stop`

std::string on_path(const std::string& name) {
  if (name.empty()) return "";
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = (folder.empty() ? "." : folder) + "/" + name;
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

}  // namespace

std::string find_compiler() {
  for (const char* variable : {"ORBITWALK_CXX", "CXX"}) {
    // Named by the user: this one or none.
    if (const char* name = std::getenv(variable); name && *name) return on_path(name);
  }
  for (const char* name : {"c++", "g++", "clang++"}) {
    if (const std::string found = on_path(name); !found.empty()) return found;
  }
  return "";
}

std::string compiler_identity(const std::string& compiler) {
  struct stat status {};
  if (compiler.empty() || ::stat(compiler.c_str(), &status) != 0) return "";
  const Command version = run_command({compiler, "--version"});
  if (version.status != 0) return "";
  return compiler + " " + std::to_string(status.st_mtime) + " " + version.output.substr(0, version.output.find('\n'));
}

Command run_command(const std::vector<std::string>& words, const std::atomic<bool>* stop) {
  Command result;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return result;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  // A group of its own, so that all that it started ends with it; and no signals blocked.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, words[0].c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  ::close(ends[1]);
  if (failed == 0) {
    bool killed = false;
    for (char buffer[4096];;) {
      if (stop && *stop && !killed) killed = ::kill(-child, SIGKILL) == 0;
      pollfd ready{ends[0], POLLIN, 0};
      if (::poll(&ready, 1, kPatience) == 0) continue;
      const ssize_t count = ::read(ends[0], buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      result.output.append(buffer, std::size_t(count));
      if (result.output.size() > kMostOutput) result.output.resize(kMostOutput);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  }
  ::close(ends[0]);
  return result;
}

}  // namespace orbitwalk::compile
