// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <mutex>
#include <streambuf>
#include <string>
#include <string_view>

namespace orbitwalk {

/// Text that a terminal shows and does not obey: control characters (C0 but line feed and tab, DEL, C1), characters
/// that change the direction of writing, and bytes that are not UTF-8 become U+FFFD. With `own_sequences` the few that
/// this program writes itself are kept: carriage return, ESC [ ... m (colours) and ESC [ K.
std::string printable(std::string_view text, bool own_sequences = false);

/// Stands before the buffer of a stream for as long as it lives, so that whatever is written there is printable():
/// names and texts from files that somebody else made reach the terminal in many ways, and all of them pass through the
/// stream. The program's own sequences are let through on a terminal only; elsewhere they are of no use.
class PrintableStream : public std::streambuf {
 public:
  explicit PrintableStream(std::ostream& out);
  ~PrintableStream() override;
  PrintableStream(const PrintableStream&) = delete;
  PrintableStream& operator=(const PrintableStream&) = delete;

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

 private:
  bool pass(bool all);

  std::mutex mutex_;  // the progress line comes from another thread
  std::ostream& out_;
  std::streambuf* target_;
  const bool terminal_;
  std::string pending_;  // the beginning of a character or sequence whose end has not come yet
};

}  // namespace orbitwalk
