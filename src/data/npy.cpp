// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "data/table.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec_document.hpp"  // shown()

namespace orbitwalk {
namespace {

struct Header {
  char order = '<';  ///< of the bytes: '<' little, '>' big
  char kind = 'f';   ///< f, i, u, b
  std::size_t width = 8;
  bool fortran = false;
  std::vector<std::uint64_t> shape;
};

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
        if (peek() != '\'' && peek() != '"')
          detail::refuse(name_, "structured arrays are not supported; save a plain array");
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
  [[noreturn]] void malformed() const { detail::refuse(name_, "the .npy header is malformed"); }

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
    bool known = false;
    for (const char* each : {"b1", "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"})
      known = known || rest == each;
    if (!known || (order != '<' && order != '>' && order != '|' && order != '=')) {
      const char kind = rest.empty() ? '\0' : rest[0];
      const char* remedy = kind == 'O' || kind == 'U' || kind == 'S' ? "; convert it: a.astype(float)"
                           : kind == 'c'                             ? "; save its real or imaginary part"
                           : kind == 'f'                             ? "; convert it: a.astype(\"f8\")"
                                                                     : "";
      detail::refuse(name_, "unsupported dtype " + detail::shown(type) +
                                "; expected bool, integers, float16, float32 or float64" + remedy);
    }
    if (order == '<' || order == '>') header.order = order;
    else header.order = std::endian::native == std::endian::little ? '<' : '>';
    header.kind = rest[0];
    header.width = static_cast<std::size_t>(rest[1] - '0');
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t position_ = 0;
};

/// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
double half(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const double fraction = static_cast<double>(bits & 1023), sign = bits >> 15 & 1 ? -1 : 1;
  if (exponent == 31)
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return exponent == 0 ? std::ldexp(sign * fraction, -24) : std::ldexp(sign * (1024 + fraction), exponent - 25);
}

/// One element as a double; an explanation where that is not possible.
const char* decode(const unsigned char* bytes, const Header& header, double& value) {
  std::uint64_t raw = 0;
  for (std::size_t i = 0; i < header.width; ++i)
    raw |= std::uint64_t{bytes[header.order == '<' ? i : header.width - 1 - i]} << (8 * i);
  if (header.kind == 'f') {
    value = header.width == 2   ? half(raw)
            : header.width == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(raw))
                                : std::bit_cast<double>(raw);
    return nullptr;
  }
  if (header.kind == 'b') {
    value = static_cast<double>(raw);
    return raw <= 1 ? nullptr : "a boolean is stored as a byte 0 or 1";
  }
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  constexpr const char* inexact = "the integer is beyond 2^53, which a double cannot hold exactly";
  if (header.kind == 'u') {
    value = static_cast<double>(raw);
    return raw <= static_cast<std::uint64_t>(exact) ? nullptr : inexact;
  }
  const unsigned unused = static_cast<unsigned>(64 - 8 * header.width);
  const std::int64_t integer = static_cast<std::int64_t>(raw << unused) >> unused;  // extends the sign
  value = static_cast<double>(integer);
  return integer <= exact && integer >= -exact ? nullptr : inexact;
}

std::string text_of(const std::vector<std::uint64_t>& numbers, const char* between) {
  std::string text;
  for (const std::uint64_t number : numbers) text += (text.empty() ? "" : between) + std::to_string(number);
  return text;
}

}  // namespace

Table parse_array(const std::string& bytes, const std::string& name, bool missing) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.empty()) detail::refuse(name, "the file is empty");
  if (bytes.size() < 10 || std::memcmp(data, "\x93NUMPY", 6) != 0) detail::refuse(name, "not a .npy file");
  const unsigned version = data[6];
  if (version < 1 || version > 3) detail::refuse(name, "unsupported .npy version " + std::to_string(version));
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) detail::refuse(name, "the file is truncated");
  std::size_t length = data[8] | std::size_t{data[9]} << 8;
  if (version > 1) length |= std::size_t{data[10]} << 16 | std::size_t{data[11]} << 24;
  if (length > bytes.size() - start) detail::refuse(name, "the file is truncated inside its header");

  const Header header = HeaderReader(std::string_view(bytes).substr(start, length), name).read();
  const std::vector<std::uint64_t>& sizes = header.shape;
  if (sizes.empty() || sizes.size() > 3)
    detail::refuse(name, "expected 1 to 3 dimensions, got " + std::to_string(sizes.size()));
  const std::uint64_t available = (bytes.size() - start - length) / header.width;
  const std::string shape = text_of(sizes, " x ") + (sizes.size() == 1 ? " x 1" : "");
  std::uint64_t count = 1;
  for (const std::uint64_t size : sizes) {
    if (size == 0) detail::refuse(name, "the array holds no values");
    // Compared by division: the product of absurd sizes would overflow.
    if (count > available / size)
      detail::refuse(name, "the file is truncated: its shape is " + shape + " but it holds " +
                               std::to_string(available) + " values");
    count *= size;
  }
  if (bytes.size() - start - length != count * header.width)
    detail::refuse(name, "there are bytes left over after the array of shape " + shape);

  Table table;
  table.shape.assign(sizes.begin(), sizes.end());
  if (sizes.size() == 1) table.shape.push_back(1);
  const std::uint64_t rows = table.shape[0], second = table.shape[1], third = sizes.size() == 3 ? sizes[2] : 1;
  Matrix& matrix = table.matrix;
  matrix.rows = rows;
  matrix.cols = second * third;
  matrix.values.resize(count);
  table.ignored.assign(matrix.cols, false);
  for (std::uint64_t i = 0; i < rows; ++i) {
    for (std::uint64_t j = 0; j < second; ++j) {
      for (std::uint64_t k = 0; k < third; ++k) {
        const std::uint64_t at = (i * second + j) * third + k,
                            index = header.fortran ? (k * second + j) * rows + i : at;
        double& value = matrix.values[at];
        const char* problem = decode(data + start + length + index * header.width, header, value);
        const auto where = [&] {
          return "row " + std::to_string(i) + ", column " + std::to_string(j) +
                 (sizes.size() == 3 ? ", " + std::to_string(k) : "") + ": ";
        };
        if (problem) detail::refuse(name, where() + problem);
        if (!std::isfinite(value) && !(missing && std::isnan(value)))
          detail::refuse(name,
                         where() + "expected a finite number, got " + detail::shown(nlohmann::ordered_json(value)));
      }
    }
  }
  return table;
}

Matrix parse_npy(const std::string& bytes, const std::string& name) { return parse_array(bytes, name).matrix; }

}  // namespace orbitwalk
