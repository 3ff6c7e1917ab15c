// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "gpu/ptx/program.hpp"

namespace orbitwalk::ptx {

/// Rows of a register file. A row has 32 numbers; predicates and numbers of 4 bytes take 128 bytes, of 8 bytes 256, of
/// 2 bytes 64.
std::uint32_t row_stride(std::uint32_t bytes);

/// A place in memory: an offset in what `base` names.
struct Place {
  Base base;
  std::int64_t offset;
  std::uint32_t bytes;
};

struct Register {
  std::uint32_t row, bytes;
};

/// The names that a function's text uses, and the rows that stand for them.
class Symbols {
 public:
  explicit Symbols(const Module& module, Program& program);

  /// A function begins: its parameters and results are known, nothing else is.
  void begin(std::map<std::string_view, Place> variables);
  void open_scope() { scopes_.emplace_back(); }
  void close_scope() { scopes_.pop_back(); }
  /// `.reg .type name<count>, ...;`
  void declare_registers(const Tokens& declaration);
  void declare(std::string_view name, Place place) { scopes_.back().variables[name] = place; }
  void declare_shared(std::string_view name, Place place) { kernel_shared_[name] = place; }

  std::optional<Register> find_register(std::string_view name) const;
  std::optional<Place> find_variable(std::string_view name) const;
  /// The row of a source operand: a register, a register of the system, or a constant of that many bytes.
  std::uint32_t source(std::string_view token, std::uint32_t bytes);
  std::uint32_t source_predicate(std::string_view token);
  /// The row of a register; 0 for `_`.
  std::uint32_t destination(std::string_view token) const;

  /// Writes the register file with which a warp starts.
  void finish();

 private:
  struct Family {
    std::uint32_t first, bytes, count;
  };
  struct Scope {
    std::map<std::string_view, Register> registers;
    std::map<std::string_view, Family> families;
    std::map<std::string_view, Place> variables;
  };

  std::uint32_t new_row(std::uint32_t bytes, std::uint32_t count = 1);
  std::uint32_t constant(std::uint64_t value, std::uint32_t bytes);

  const Module& module_;
  Program& program_;
  std::vector<Scope> scopes_;
  std::map<std::string_view, Place> kernel_shared_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint32_t> constants_;
  std::uint32_t rows_ = 0;
};

}  // namespace orbitwalk::ptx
