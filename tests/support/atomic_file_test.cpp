// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "support/files.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using testing::message_of;

TEST(AtomicFile, AppearsAtCommitAlone) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("f", "old");
  AtomicFile file(path);
  file.write("ne");
  file.write("w");
  EXPECT_EQ(read_file(path), "old");
  file.commit();
  EXPECT_EQ(read_file(path), "new");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(AtomicFile, IsGoneWithoutCommit) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("f", "old");
  {
    AtomicFile file(path);
    file.write("half");
    EXPECT_TRUE(std::filesystem::exists(path + ".tmp"));
  }
  EXPECT_EQ(read_file(path), "old");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(AtomicFile, MayBeWrittenByALibrary) {
  const testing::TemporaryFolder folder;
  AtomicFile file(folder / "f");
  write_file(file.temporary(), "by a library");
  file.commit();
  EXPECT_EQ(read_file(folder / "f"), "by a library");
}

TEST(AtomicFile, ErrorsNameTheFileAndLeaveTheOldOne) {
  const testing::TemporaryFolder folder;
  AtomicFile nothing(folder / "f");
  EXPECT_EQ(message_of<IoError>([&] { nothing.commit(); }), folder / "f.tmp: cannot create: No such file or directory");
  const std::string path = folder.write("full", "old");
  std::filesystem::create_symlink("/dev/full", path + ".tmp");
  AtomicFile full(path);
  EXPECT_EQ(message_of<IoError>([&] { full.write("new"); }), path + ".tmp: cannot write: No space left on device");
  EXPECT_EQ(read_file(path), "old");
  AtomicFile below(folder / "none/f");
  EXPECT_EQ(message_of<IoError>([&] { below.write("x"); }),
            folder / "none/f.tmp: cannot create: No such file or directory");
}

}  // namespace
}  // namespace orbitwalk
