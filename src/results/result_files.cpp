// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/result_files.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "support/files.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk::detail {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& path, const std::error_code& error) {
  throw IoError(path + ": cannot look at the folder: " + error.message());
}

std::string_view without(std::string_view name, std::string_view ending) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// `first/rest` when the path begins with that folder.
bool below(std::string_view& path, std::string_view folder) {
  if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return false;
  path.remove_prefix(folder.size() + 1);
  return true;
}

bool own_of_report(std::string_view path) {
  if (below(path, "charts")) return path.find('/') == path.npos && (path.ends_with(".svg") || path.ends_with(".png"));
  return without(path, ".tmp") == "report.html";
}

bool own_of_partial(std::string_view path, const Layout& layout);

/// A report that `orbitwalk report DIR` has put into DIR, or was writing.
bool own_of_report_within(std::string_view path) {
  if (below(path, "report")) return own_of_report(path);
  return below(path, "report.partial") && own_of_partial(path, {ResultKind::report});
}

bool own_of_result(std::string_view path, const Layout& layout) {
  if (layout.kind == ResultKind::report) return own_of_report(path);
  if (one_of(without(path, ".tmp"), {"summary.json", "result.h5", "checkpoint"}) || own_of_report_within(path))
    return true;
  for (const std::string& folder : layout.folders) {
    std::string_view name = path;
    if (!below(name, folder)) continue;
    const std::string spec = folder.substr(folder.find_last_of('/') + 1) + ".toml";
    if (one_of(without(name, ".tmp"), {"experiment.json", "summary.json", "result.h5", spec}) ||
        own_of_report_within(name))
      return true;
  }
  return false;
}

bool own_of_partial(std::string_view path, const Layout& layout) {
  const std::string_view name = without(path, ".tmp");
  if (path.find('/') == path.npos && (is_checkpoint(path) || name == partial_marker || name == finished_marker))
    return true;
  if (below(path, "result")) return own_of_result(path, layout);
  if (path.starts_with("replaced")) {
    const auto slash = path.find('/');
    return slash != path.npos && own_of_result(path.substr(slash + 1), layout);
  }
  return false;
}

/// Takes two strings at the top of a JSON object and reads over the rest, however deep it is.
class Head : public nlohmann::json::json_sax_t {
 public:
  std::string program, kind;
  bool rows = false;  ///< a key

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool string(string_t& text) override {
    if (wanted_) *wanted_ = text;
    return value();
  }
  bool key(string_t& name) override {
    rows = rows || (depth_ == 1 && name == "rows");
    wanted_ = depth_ != 1 ? nullptr : name == "program" ? &program : name == "kind" ? &kind : nullptr;
    return true;
  }
  bool start_object(std::size_t) override { return ++depth_, value(); }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return false;  // a list is no summary
    return ++depth_, value();
  }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool value() {
    wanted_ = nullptr;
    return true;
  }
  std::size_t depth_ = 0;
  std::string* wanted_ = nullptr;
};

bool is_regular(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

}  // namespace

bool is_checkpoint(std::string_view name) {
  return name == ResultDirectory::checkpoint_name || name.starts_with("checkpoint-") || name == "checkpoint.tmp";
}

std::string_view proof_name(ResultKind kind) { return kind == ResultKind::report ? "report.html" : "summary.json"; }

std::string why_no_result(const std::string& folder, ResultKind kind) {
  const std::string name(proof_name(kind)), path = folder + "/" + name;
  if (!is_regular(path)) return "the folder exists and holds no result of this program";
  const std::string text = read_file(path, std::uint64_t{1} << 30);
  if (kind == ResultKind::report) {
    const auto head = text.substr(0, 1024);
    return head.find("name=\"generator\" content=\"orbitwalk ") != std::string::npos
               ? ""
               : "its " + name + " was not written by this program";
  }
  Head head;
  if (!nlohmann::json::sax_parse(text, &head) || head.program != "orbitwalk")
    return "its " + name + " was not written by this program";
  if (head.kind == (kind == ResultKind::reproduce ? "reproduce" : "")) return "";
  return "it holds a result of orbitwalk " + (head.kind.empty() ? "run" : head.kind);
}

bool is_atlas(const std::string& path) {
  if (!is_regular(path)) return false;
  const std::string text = read_file(path, std::uint64_t{1} << 30);
  if (path.ends_with(".md")) return text.substr(0, 1024).find("\n\n    orbitwalk atlas ") != text.npos;
  Head head;
  return nlohmann::json::sax_parse(text, &head) && head.program == "orbitwalk" && head.rows;
}

std::string fingerprint(const std::string& folder, ResultKind kind) {
  const std::string path = folder + "/" + std::string(proof_name(kind));
  if (!is_regular(path)) return {};
  const std::string text = read_file(path);
  Fnv1a hash;
  hash.feed(text.data(), text.size());
  return std::to_string(text.size()) + "-" + std::to_string(hash.value());
}

bool is_own(const std::string& relative, const Layout& layout) {
  return layout.partial ? own_of_partial(relative, layout) : own_of_result(relative, layout);
}

std::vector<std::string> foreign_files(const std::string& folder, const Layout& layout, std::size_t most) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error), end;
  for (; !error && entry != end && found.size() < most; entry.increment(error)) {
    const std::string relative = entry->path().lexically_relative(folder).string();
    const fs::file_type type = entry->symlink_status(error).type();
    if (error) break;
    if (type != fs::file_type::directory && (type != fs::file_type::regular || !is_own(relative, layout)))
      found.push_back(relative);
  }
  if (error) fail(folder, error);
  return found;
}

std::string remove_own_files(const std::string& folder, const Layout& layout) {
  std::string problem;
  // A folder goes after what is in it, and stays where that is not ours: rmdir refuses.
  const auto clear = [&](const auto& self, const fs::path& path, const fs::path& relative) -> void {
    std::error_code error;
    std::vector<fs::path> names;
    fs::directory_iterator entry(path, error), end;
    for (; !error && entry != end; entry.increment(error)) names.push_back(entry->path().filename());
    for (const fs::path& name : names) {
      const fs::file_type type = fs::symlink_status(path / name, error).type();
      if (type == fs::file_type::directory) {
        self(self, path / name, relative / name);
        fs::remove(path / name, error);
        if (error == std::errc::directory_not_empty) error.clear();
      } else if (type == fs::file_type::regular && is_own((relative / name).string(), layout)) {
        fs::remove(path / name, error);
      }
      if (error && problem.empty()) problem = (path / name).string() + ": " + error.message();
    }
    if (error && problem.empty()) problem = path.string() + ": " + error.message();
  };
  std::error_code error;
  const fs::file_type type = fs::symlink_status(folder, error).type();
  if (type == fs::file_type::none) return folder + ": " + error.message();
  if (type != fs::file_type::directory) return {};
  clear(clear, folder, {});
  fs::remove(folder, error);
  if (error && error != std::errc::directory_not_empty && problem.empty()) problem = folder + ": " + error.message();
  return problem;
}

bool exists(const std::string& path) {
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  if (type == fs::file_type::none) fail(path, error);
  return type != fs::file_type::not_found;
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

bool is_empty_folder(const std::string& path) {
  std::error_code error;
  const bool empty = fs::is_empty(path, error);
  if (error) fail(path, error);
  return empty;
}

}  // namespace orbitwalk::detail
