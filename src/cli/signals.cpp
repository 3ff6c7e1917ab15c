// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

#include <csignal>
#include <ctime>
#include <initializer_list>

namespace orbitwalk::cli {
namespace {

bool requested = false;  // set by the handler

}  // namespace

extern "C" void request_stop(int signal) {
  // timeout(1) and batch systems send a signal to the process and to its group: the copy within a second of the first
  // asks for nothing more.
  static long long first = 0;  // milliseconds
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const long long milliseconds = 1000LL * now.tv_sec + now.tv_nsec / 1000000;
  if (__atomic_exchange_n(&requested, true, __ATOMIC_RELAXED)) {
    const long long begin = __atomic_load_n(&first, __ATOMIC_RELAXED);
    if (begin == 0 || milliseconds - begin < 1000) return;  // 0: the first is still being handled, in another thread
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else {
    __atomic_store_n(&first, milliseconds, __ATOMIC_RELAXED);
  }
}

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGXCPU}) std::signal(number, request_stop);
  if (std::signal(SIGHUP, request_stop) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool stop_requested() { return __atomic_load_n(&requested, __ATOMIC_RELAXED); }

}  // namespace orbitwalk::cli
