// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "io/spec_document.hpp"  // shown()
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/data.hpp"

namespace orbitwalk {
namespace {

struct Header {
  char order = '<';  ///< of the bytes: '<' little, '>' big
  char kind = 'f';   ///< f, i, u
  std::size_t width = 8;
  bool fortran = false;
  std::vector<std::uint64_t> shape;
};

[[noreturn]] void fail(const std::string& name, const std::string& message) {
  throw IoError(name + ": " + message);
}

/// Reads the header, a Python literal: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }. Only the few forms
/// that NumPy writes are understood; anything else is refused.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Header read() {
    Header header;
    bool has_type = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !has_type) {
        if (peek() != '\'' && peek() != '"') fail(name_, "structured arrays are not supported; save a plain array");
        read_type(quoted(), header);
        has_type = true;
      } else if (key == "fortran_order" && !has_order) {
        header.fortran = boolean();
        has_order = true;
      } else if (key == "shape" && !has_shape) {
        header.shape = shape();
        has_shape = true;
      } else {
        malformed();
      }
      if (!accept(',') && peek() != '}') malformed();
    }
    if (peek() != 0 || !has_type || !has_order || !has_shape) malformed();
    return header;
  }

 private:
  [[noreturn]] void malformed() const { fail(name_, "the .npy header is malformed"); }

  char peek() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) ++position_;
    return position_ < text_.size() ? text_[position_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++position_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) malformed();
  }

  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') malformed();
    const auto end = text_.find(quote, ++position_);
    if (end == std::string_view::npos) malformed();
    const std::string result(text_.substr(position_, end - position_));
    position_ = end + 1;
    return result;
  }

  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(position_, word.size()) == word) {
        position_ += word.size();
        return value;
      }
    }
    malformed();
  }

  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      peek();
      std::uint64_t size = 0;
      const auto [end, error] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), size);
      if (error != std::errc() || sizes.size() > 32) malformed();
      position_ = static_cast<std::size_t>(end - text_.data());
      accept('L');  // Python 2 wrote long integers so
      sizes.push_back(size);
      if (!accept(',') && peek() != ')') malformed();
    }
    return sizes;
  }

  void read_type(const std::string& type, Header& header) const {
    const char order = type.empty() ? '\0' : type[0];
    const std::string rest = type.empty() ? "" : type.substr(1);
    const bool known = rest == "f4" || rest == "f8" || rest == "i1" || rest == "i2" || rest == "i4" || rest == "i8" ||
                       rest == "u1" || rest == "u2" || rest == "u4" || rest == "u8";
    if (!known || (order != '<' && order != '>' && order != '|' && order != '='))
      fail(name_, "unsupported dtype " + detail::shown(type) + "; expected float32, float64 or integers");
    if (order == '<' || order == '>')
      header.order = order;
    else
      header.order = std::endian::native == std::endian::little ? '<' : '>';
    header.kind = rest[0];
    header.width = static_cast<std::size_t>(rest[1] - '0');
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t position_ = 0;
};

/// One element as a double. False when a double cannot hold the integer.
bool decode(const unsigned char* bytes, const Header& header, double& value) {
  std::uint64_t raw = 0;
  for (std::size_t i = 0; i < header.width; ++i)
    raw |= std::uint64_t{bytes[header.order == '<' ? i : header.width - 1 - i]} << (8 * i);
  if (header.kind == 'f') {
    value = header.width == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(raw)) : std::bit_cast<double>(raw);
    return true;
  }
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (header.kind == 'u') {
    value = static_cast<double>(raw);
    return raw <= static_cast<std::uint64_t>(exact);
  }
  const unsigned unused = static_cast<unsigned>(64 - 8 * header.width);
  const std::int64_t integer = static_cast<std::int64_t>(raw << unused) >> unused;  // extends the sign
  value = static_cast<double>(integer);
  return integer <= exact && integer >= -exact;
}

}  // namespace

Matrix parse_npy(const std::string& bytes, const std::string& name) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.empty()) fail(name, "the file is empty");
  if (bytes.size() < 10 || std::memcmp(data, "\x93NUMPY", 6) != 0) fail(name, "not a .npy file");
  const unsigned version = data[6];
  if (version < 1 || version > 3) fail(name, "unsupported .npy version " + std::to_string(version));
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) fail(name, "the file is truncated");
  std::size_t length = data[8] | std::size_t{data[9]} << 8;
  if (version > 1) length |= std::size_t{data[10]} << 16 | std::size_t{data[11]} << 24;
  if (length > bytes.size() - start) fail(name, "the file is truncated inside its header");

  const Header header = HeaderReader(std::string_view(bytes).substr(start, length), name).read();
  if (header.shape.empty() || header.shape.size() > 2)
    fail(name, "expected 1 or 2 dimensions, got " + std::to_string(header.shape.size()));
  const std::uint64_t rows = header.shape[0], cols = header.shape.size() == 2 ? header.shape[1] : 1;
  if (rows == 0 || cols == 0) fail(name, "the array holds no values");
  const std::uint64_t available = (bytes.size() - start - length) / header.width;
  const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
  // Compared by division: the product of absurd sizes would overflow.
  if (rows > available / cols)
    fail(name,
         "the file is truncated: its shape is " + shape + " but it holds " + std::to_string(available) + " values");
  if (bytes.size() - start - length != rows * cols * header.width)
    fail(name, "there are bytes left over after the array of shape " + shape);

  Matrix table;
  table.rows = rows;
  table.cols = cols;
  table.values.resize(rows * cols);
  for (std::size_t i = 0; i < table.rows; ++i)
    for (std::size_t j = 0; j < table.cols; ++j) {
      const std::size_t index = header.fortran ? j * table.rows + i : i * table.cols + j;
      double value = 0;
      const bool exact = decode(data + start + length + index * header.width, header, value);
      const auto where = [&] { return "row " + std::to_string(i) + ", column " + std::to_string(j) + ": "; };
      if (!exact) fail(name, where() + "the integer is beyond 2^53, which a double cannot hold exactly");
      if (!std::isfinite(value))
        fail(name, where() + "expected a finite number, got " + detail::shown(nlohmann::ordered_json(value)));
      table.values[i * table.cols + j] = value;
    }
  return table;
}

}  // namespace orbitwalk
