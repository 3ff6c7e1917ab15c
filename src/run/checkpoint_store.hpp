// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace orbitwalk {

/// Where the checkpoints of a session lie.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  /// The file of the checkpoint with this label.
  virtual std::string checkpoint_file(std::string_view label = {}) const = 0;
  virtual bool has_checkpoint(std::string_view label = {}) const = 0;
  /// Whether what is there is to be continued.
  virtual bool resumed() const = 0;
  /// The folder, for messages.
  virtual const std::string& partial_path() const = 0;
};

}  // namespace orbitwalk
