// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/io/hdf5.hpp"

#include <hdf5.h>

#include <type_traits>
#include <utility>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/files.hpp"

namespace orbitwalk {

static_assert(std::is_same_v<hid_t, std::int64_t>, "HDF5 1.10 or later");

namespace {

herr_t take_description(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;  // the innermost cause
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
  if (kind == H5P_LINK_CREATE)
    at.ok(H5Pset_create_intermediate_group(list, 1), "prepare");
  else
    at.ok(H5Pset_obj_track_times(list, 0), "prepare");
  return list;
}

hid_t string_type(const Context& at, std::size_t size) {
  const hid_t type = at.id(H5Tcopy(H5T_C_S1), "make a string type");
  at.ok(H5Tset_size(type, size), "make a string type");
  at.ok(H5Tset_cset(type, H5T_CSET_UTF8), "make a string type");
  return type;
}

}  // namespace

Hdf5Writer::Hdf5Writer(std::string path) : path_(std::move(path)) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are thrown, not printed
  const Context at{path_, "the file"};
  const Handle access(at.id(H5Pcreate(H5P_FILE_ACCESS), "prepare"), H5Pclose);
  at.ok(H5Pset_fapl_core(access, std::size_t{1} << 20, false), "prepare");  // memory only: close() writes the image
  at.ok(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "prepare");
  file_ = at.id(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), "create");
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

void Hdf5Writer::write_dataset(const std::string& path, std::int64_t type, std::int64_t stored, const void* values,
                               std::size_t count, const std::vector<std::size_t>& dims) {
  const Context at{path_, path};
  const std::vector<hsize_t> sizes = dims.empty() ? std::vector<hsize_t>(1, count) : std::vector<hsize_t>(dims.begin(), dims.end());
  hsize_t product = 1;
  for (const hsize_t size : sizes) product *= size;
  if (product != count)
    at.fail("create the dataset (" + std::to_string(count) + " values for a shape of " + std::to_string(product) + ")");
  const auto slash = path.find_last_of('/');
  if (slash != std::string::npos) group(path.substr(0, slash));
  const Handle space(at.id(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), "set the shape"),
                     H5Sclose);
  const Handle creation(creation_list(at, H5P_DATASET_CREATE), H5Pclose);
  Handle set(
      at.id(H5Dcreate2(file_, path.c_str(), stored, space, H5P_DEFAULT, creation, H5P_DEFAULT), "create the dataset"),
      H5Dclose);
  if (count > 0) at.ok(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write the dataset");
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
  at.ok(H5Fflush(file_, H5F_SCOPE_GLOBAL), "flush");
  const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
  if (size <= 0) at.fail("take the image");
  std::string image(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file_, image.data(), image.size()) != size) at.fail("take the image");
  at.ok(H5Fclose(std::exchange(file_, -1)), "close");
  write_file_atomically(path_, image);
}

std::string Hdf5Writer::component(std::string name) {
  for (char& c : name)
    if (c == '/' || c == '\0') c = '_';
  return name.empty() || name == "." ? "_" : name;
}

}  // namespace orbitwalk
