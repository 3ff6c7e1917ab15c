// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace orbitwalk {

/// Where an atlas is written: NAME.md, the page, and NAME.json, the data behind it. Links are followed.
class AtlasFiles {
 public:
  /// Everything that would be in the way of write() is refused here. SpecError: one of the files exists, without
  /// `force` or not written by `orbitwalk atlas`. IoError: a folder in the way, or a folder that cannot be written.
  AtlasFiles(const std::string& name, bool force);

  const std::string& page() const { return page_; }
  const std::string& data() const { return data_; }

  /// Each appears under its name only once complete, the data first. IoError.
  void write(const std::string& data, const std::string& page) const;

 private:
  std::string page_, data_;
};

}  // namespace orbitwalk
