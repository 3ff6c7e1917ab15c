// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/hdf5.hpp"

#include <hdf5.h>

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

static_assert(std::is_same_v<hid_t, std::int64_t>, "HDF5 1.10 or later");

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 17;  // values, 1 MiB of them

herr_t take_description(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth != 0 || !error->desc) return 0;
  std::string cause = error->desc;  // the innermost
  // For a system call the library also tells times, addresses and descriptors.
  const std::string before = "error message = '";
  if (const auto at = cause.find(before); at != std::string::npos) {
    cause.erase(0, at + before.size());
    cause.erase(std::min(cause.size(), cause.find('\'')));
  }
  *static_cast<std::string*>(text) = cause;
  return 0;
}

/// Says which object of which file failed, and why if the library knows.
struct Context {
  const std::string& file;
  const std::string& object;

  [[noreturn]] void fail(const std::string& what) const {
    std::string cause;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_description, &cause);
    H5Eclear2(H5E_DEFAULT);
    throw IoError(file + ": " + object + ": cannot " + what + (cause.empty() ? "" : ": " + cause));
  }
  hid_t id(hid_t value, const char* what) const {
    if (value < 0) fail(what);
    return value;
  }
  void ok(herr_t result, const char* what) const {
    if (result < 0) fail(what);
  }
};

/// An identifier of the library with the function that releases it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*release)(hid_t)) : id_(id), release_(release) {}
  ~Handle() {
    if (id_ >= 0) release_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }
  /// Releases now, and tells whether that failed (delayed writes fail here).
  herr_t close() { return release_(std::exchange(id_, -1)); }

 private:
  hid_t id_;
  herr_t (*release_)(hid_t);
};

/// Creates the groups on the way, and stores no times, which would make equal results differ.
hid_t creation_list(const Context& at, hid_t kind) {
  const hid_t list = at.id(H5Pcreate(kind), "prepare");
  if (kind == H5P_LINK_CREATE) at.ok(H5Pset_create_intermediate_group(list, 1), "prepare");
  else at.ok(H5Pset_obj_track_times(list, 0), "prepare");
  return list;
}

hid_t string_type(const Context& at, std::size_t size) {
  const hid_t type = at.id(H5Tcopy(H5T_C_S1), "make a string type");
  at.ok(H5Tset_size(type, size), "make a string type");
  at.ok(H5Tset_cset(type, H5T_CSET_UTF8), "make a string type");
  return type;
}

}  // namespace

Hdf5Writer::Hdf5Writer(std::string path) : path_(std::move(path)), target_(path_) {
  // The library's own clearing up at exit crashes after a write that failed (1.10.8, disk full). Every writer closes
  // its file itself.
  static const herr_t without_exit_handler = H5dont_atexit();
  static_cast<void>(without_exit_handler);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are thrown, not printed
  const std::string object = "the file";
  const Context at{path_, object};
  const Handle access(at.id(H5Pcreate(H5P_FILE_ACCESS), "prepare"), H5Pclose);
  at.ok(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "prepare");
#if H5_VERSION_GE(1, 10, 7)
  // network file systems without locks refuse to lock; the folder has its own lock
  at.ok(H5Pset_file_locking(access, false, true), "prepare");
#endif
  file_ = at.id(H5Fcreate(target_.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), "create");
}

Hdf5Writer::~Hdf5Writer() {
  if (file_ >= 0) H5Fclose(file_);
}

void Hdf5Writer::group(const std::string& path) {
  const Context at{path_, path};
  if (path.empty() || path == "/") return;
  // H5Lexists asks about the last component only, so every parent comes first.
  const auto slash = path.find_last_of('/');
  if (slash != std::string::npos && slash > 0) group(path.substr(0, slash));
  const htri_t exists = H5Lexists(file_, path.c_str(), H5P_DEFAULT);
  if (exists < 0) at.fail("look for the group");
  if (exists > 0) {
    const Handle object(at.id(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open"), H5Oclose);
    if (H5Iget_type(object) != H5I_GROUP) at.fail("create the group (a dataset of that name exists)");
    return;
  }
  const Handle creation(creation_list(at, H5P_GROUP_CREATE), H5Pclose);
  Handle made(at.id(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), "create the group"), H5Gclose);
  at.ok(made.close(), "close the group");
}

std::int64_t Hdf5Writer::create_dataset(const std::string& path, std::int64_t stored,
                                        const std::vector<std::size_t>& dims) {
  const Context at{path_, path};
  const std::vector<hsize_t> sizes(dims.begin(), dims.end());
  const auto slash = path.find_last_of('/');
  if (slash != std::string::npos) group(path.substr(0, slash));
  const Handle space(at.id(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), "set the shape"),
                     H5Sclose);
  const Handle creation(creation_list(at, H5P_DATASET_CREATE), H5Pclose);
  return at.id(H5Dcreate2(file_, path.c_str(), stored, space, H5P_DEFAULT, creation, H5P_DEFAULT),
               "create the dataset");
}

void Hdf5Writer::write_dataset(const std::string& path, std::int64_t type, std::int64_t stored, const void* values,
                               std::size_t count, const std::vector<std::size_t>& dims) {
  const Context at{path_, path};
  const std::vector<std::size_t> sizes = dims.empty() ? std::vector<std::size_t>{count} : dims;
  std::size_t product = 1;
  for (const std::size_t size : sizes) product *= size;
  if (product != count)
    at.fail("create the dataset (" + std::to_string(count) + " values for a shape of " + std::to_string(product) + ")");
  Handle set(create_dataset(path, stored, sizes), H5Dclose);
  if (count > 0) at.ok(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write the dataset");
  at.ok(set.close(), "close the dataset");
}

void Hdf5Writer::dataset(const std::string& path, std::size_t rows, std::size_t columns, const Fill& fill) {
  const Context at{path_, path};
  Handle set(create_dataset(path, H5T_IEEE_F64LE,
                            rows == 1 ? std::vector<std::size_t>{columns} : std::vector<std::size_t>{rows, columns}),
             H5Dclose);
  const Handle file_space(at.id(H5Dget_space(set), "take the shape"), H5Sclose);
  std::vector<double> piece(std::min(piece_size, columns));
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; column += piece.size()) {
      const std::size_t count = std::min(piece.size(), columns - column);
      fill(row, column, std::span<double>(piece.data(), count));
      const hsize_t start[2] = {row, column}, size[2] = {1, count};
      const int skip = rows == 1 ? 1 : 0;
      at.ok(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start + skip, nullptr, size + skip, nullptr),
            "select a piece");
      const Handle memory_space(at.id(H5Screate_simple(1, size + 1, nullptr), "set the shape"), H5Sclose);
      at.ok(H5Dwrite(set, H5T_NATIVE_DOUBLE, memory_space, file_space, H5P_DEFAULT, piece.data()), "write the dataset");
    }
  }
  at.ok(set.close(), "close the dataset");
}

void Hdf5Writer::dataset(const std::string& path, const std::vector<double>& values,
                         const std::vector<std::size_t>& dims) {
  write_dataset(path, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, values.data(), values.size(), dims);
}
void Hdf5Writer::dataset(const std::string& path, const std::vector<std::uint64_t>& values,
                         const std::vector<std::size_t>& dims) {
  write_dataset(path, H5T_NATIVE_UINT64, H5T_STD_U64LE, values.data(), values.size(), dims);
}
void Hdf5Writer::dataset(const std::string& path, const std::vector<std::int64_t>& values,
                         const std::vector<std::size_t>& dims) {
  write_dataset(path, H5T_NATIVE_INT64, H5T_STD_I64LE, values.data(), values.size(), dims);
}
void Hdf5Writer::dataset(const std::string& path, const std::vector<std::string>& values) {
  const Handle type(string_type(Context{path_, path}, H5T_VARIABLE), H5Tclose);
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  write_dataset(path, type, type, pointers.data(), pointers.size(), {});
}

void Hdf5Writer::write_attribute(const std::string& path, const std::string& name, std::int64_t type,
                                 std::int64_t stored, const void* value) {
  const std::string label = path + "@" + name;
  const Context at{path_, label};
  const Handle object(at.id(H5Oopen(file_, path.c_str(), H5P_DEFAULT), "open the object"), H5Oclose);
  const Handle space(at.id(H5Screate(H5S_SCALAR), "set the shape"), H5Sclose);
  Handle made(at.id(H5Acreate2(object, name.c_str(), stored, space, H5P_DEFAULT, H5P_DEFAULT), "create the attribute"),
              H5Aclose);
  at.ok(H5Awrite(made, type, value), "write the attribute");
  at.ok(made.close(), "close the attribute");
}

void Hdf5Writer::attribute(const std::string& path, const std::string& name, const std::string& value) {
  const Handle type(string_type(Context{path_, path}, H5T_VARIABLE), H5Tclose);
  const char* pointer = value.c_str();
  write_attribute(path, name, type, type, &pointer);
}
void Hdf5Writer::attribute(const std::string& path, const std::string& name, double value) {
  write_attribute(path, name, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, &value);
}
void Hdf5Writer::integer_attribute(const std::string& path, const std::string& name, std::int64_t value) {
  write_attribute(path, name, H5T_NATIVE_INT64, H5T_STD_I64LE, &value);
}

void Hdf5Writer::close() {
  const std::string object = "the file";
  const Context at{path_, object};
  if (file_ < 0) at.fail("write twice");
  const bool flushed = H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0;
  if (!flushed) {
    Handle file(std::exchange(file_, -1), H5Fclose);  // tries again and fails again
    at.fail("write");
  }
  at.ok(H5Fclose(std::exchange(file_, -1)), "close");
  target_.commit();
}

std::string Hdf5Writer::component(std::string name) {
  for (char& c : name)
    if (c == '/' || c == '\0') c = '_';
  return name.empty() || name == "." ? "_" : name;
}

}  // namespace orbitwalk
