// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/atlas/atlas_files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "orbitwalk/error.hpp"
#include "results/publication.hpp"
#include "results/result_files.hpp"
#include "support/files.hpp"

namespace orbitwalk {

AtlasFiles::AtlasFiles(const std::string& name, bool force) : page_(name + ".md"), data_(name + ".json") {
  for (const std::string& file : {page_, data_}) {
    const std::string path = detail::resolve_links(file), folder = std::filesystem::path(path).parent_path().string();
    if (detail::exists(path)) {
      if (detail::is_folder(path)) throw IoError(file + ": cannot write: a folder of that name is in the way");
      if (!force) throw SpecError("--out " + name + ": " + file + " exists; --force replaces it");
      if (!detail::is_atlas(path))
        throw SpecError("--out " + name + ": " + file + " was not written by orbitwalk atlas; choose another name");
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
      throw IoError(folder + ": cannot write to the folder: " + std::strerror(errno));
  }
}

void AtlasFiles::write(const std::string& data, const std::string& page) const {
  write_file_atomically(detail::resolve_links(data_), data);
  write_file_atomically(detail::resolve_links(page_), page);
}

}  // namespace orbitwalk
