// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/io/result_dir.hpp"

#include <optional>

#include "io/io_testing.hpp"
#include "orbitwalk/io/files.hpp"

namespace orbitwalk {
namespace {

namespace fs = std::filesystem;
using testing::message_of;

class Results : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder;
  const std::string out = folder / "runs/out";

  void complete(const std::string& content, bool force = false) {
    ResultDirectory result(out, force, false);
    write_file_atomically(result.file("summary.json"), content);
    result.commit();
  }
  void interrupt() {
    ResultDirectory result(out, false, false);
    write_file_atomically(result.checkpoint_file(), "state");
    write_file(result.file("half.h5"), "half");
  }
};

TEST_F(Results, AppearOnlyWhenComplete) {
  {
    ResultDirectory result(out + "/", false, false);
    write_file_atomically(result.file("summary.json"), "{}");
    write_file_atomically(result.checkpoint_file(), "state");
    EXPECT_FALSE(fs::exists(out));
    EXPECT_EQ(result.partial_path(), out + ".partial");
    result.commit();
    EXPECT_EQ(result.final_path(), out);
  }
  EXPECT_EQ(read_file(out + "/summary.json"), "{}");
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 1) << "no checkpoint and no bookkeeping are left";
  EXPECT_FALSE(fs::exists(out + ".partial"));
}

TEST_F(Results, OfOneKindDoNotReplaceAnother) {
  complete("{}");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, true, false, "report.html"); }),
            out + ": the folder exists and holds no result of this program; choose another");
  for (int i = 0; i < 2; ++i) {
    ResultDirectory result(folder / "page", true, false, "report.html");
    write_file_atomically(result.file("report.html"), std::to_string(i));
    result.commit();
  }
  EXPECT_EQ(read_file(folder / "page/report.html"), "1");
  EXPECT_THROW(ResultDirectory(folder / "page", true, false), SpecError);
}

TEST_F(Results, AreNotOverwritten) {
  complete("first");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, false); }),
            out + ": a result exists already; use --force to replace it");
  EXPECT_THROW(ResultDirectory(out, false, true), SpecError);
  {
    ResultDirectory unfinished(out, true, false);
    EXPECT_EQ(read_file(out + "/summary.json"), "first");
  }
  EXPECT_EQ(read_file(out + "/summary.json"), "first") << "a run that fails leaves the old result";
  complete("second", true);
  EXPECT_EQ(read_file(out + "/summary.json"), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "runs"), {}), 1);
}

TEST_F(Results, AppearingMeanwhile) {
  ResultDirectory late(out, false, false);
  fs::create_directories(out);
  write_file(out + "/summary.json", "other");
  EXPECT_THROW(late.commit(), SpecError);
  EXPECT_EQ(read_file(out + "/summary.json"), "other");
}

TEST_F(Results, OtherFoldersAreNeverReplaced) {
  fs::create_directories(out);
  { ResultDirectory empty(out, false, false); }  // an empty folder is fine
  write_file(out + "/thesis.tex", "dear");
  for (const bool force : {false, true})
    EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, force, false); }),
              out + ": the folder exists and holds no result of this program; choose another");
  fs::create_directories(out + "2.partial");
  write_file(out + "2.partial/thesis.tex", "dear");
  EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(out + "2", true, false); }),
            out + "2.partial: cannot use the folder: it holds files that no run of this program has left");
  EXPECT_EQ(read_file(out + "2.partial/thesis.tex"), "dear");
}

TEST_F(Results, InterruptedRuns) {
  interrupt();
  EXPECT_EQ(read_file(out + ".partial/checkpoint"), "state");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, false); }),
            out + ".partial: an interrupted run is there; use --resume to go on or --force to discard it");
  {
    ResultDirectory again(out, false, true);
    EXPECT_TRUE(again.resumed());
    EXPECT_EQ(read_file(again.checkpoint_file()), "state");
    EXPECT_EQ(read_file(again.file("half.h5")), "half");
    EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(out, true, false); }),
              out + ".partial: cannot use the folder: another run is writing there");
  }
  {
    ResultDirectory fresh(out, true, false);
    EXPECT_FALSE(fresh.resumed());
    EXPECT_FALSE(fs::exists(fresh.checkpoint_file()));
    EXPECT_FALSE(fs::exists(fresh.file("half.h5")));
  }
  EXPECT_FALSE(fs::exists(out + ".partial")) << "without a checkpoint there is nothing to keep";
  ResultDirectory afresh(out, false, true);
  EXPECT_FALSE(afresh.resumed());
}

TEST_F(Results, PathsInTheWay) {
  const std::string file = folder.write("file", "x");
  EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(file, true, false); }),
            file + ": cannot create the result folder: a file of that name is in the way");
  EXPECT_THROW(ResultDirectory(file + "/below", false, false), IoError);
  folder.write("b.partial", "x");
  EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(folder / "b", true, false); }),
            folder / "b.partial: cannot create the folder: a file of that name is in the way");
  EXPECT_THROW(ResultDirectory("/proc/none/out", false, false), IoError);  // nobody can write there, not even root
  for (const char* bad : {"", "/", "//"}) EXPECT_THROW(ResultDirectory(bad, false, false), SpecError) << bad;
}

TEST(Files, FullDisk) {
  EXPECT_EQ(message_of<IoError>([] { write_file("/dev/full", "x"); }),
            "/dev/full: cannot write: No space left on device");
  // The temporary file leads to the full device; the file itself must keep its content.
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("f", "old");
  fs::create_symlink("/dev/full", path + ".tmp");
  EXPECT_EQ(message_of<IoError>([&] { write_file_atomically(path, "new"); }),
            path + ".tmp: cannot write: No space left on device");
  EXPECT_EQ(read_file(path, 1000), "old");
  EXPECT_FALSE(fs::is_symlink(path + ".tmp"));
  write_file_atomically(path, "new");
  EXPECT_EQ(read_file(path), "new");
}

TEST(Files, Errors) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(message_of<IoError>([&] { write_file_atomically(folder / "no/f", "x"); }),
            folder / "no/f.tmp: cannot create: No such file or directory");
  EXPECT_EQ(message_of<IoError>([&] { write_file_atomically(folder.path(), "x"); }),
            folder.path() + ": cannot write: Is a directory");
  EXPECT_FALSE(fs::exists(folder.path() + ".tmp"));
  std::string large(300'000, 'a');
  large[7] = '\0';
  write_file_atomically(folder / "large", large);
  EXPECT_EQ(read_file(folder / "large"), large);
  EXPECT_NE(read_file("/proc/self/status"), "") << "a file that claims to be empty";
  EXPECT_THROW(read_file(folder / "large", 1000), IoError);
}

// Each of these would never end, or never begin, or fill the memory.
TEST(Files, WhatIsNoFileIsNotRead) {
  const testing::TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(message_of<IoError>([&] { read_file(folder / "pipe"); }),
            folder / "pipe: not a file but a pipe; write what comes out of it into a file first");
  EXPECT_EQ(message_of<IoError>([] { read_file("/dev/zero"); }), "/dev/zero: not a file but a device");
  EXPECT_EQ(message_of<IoError>([&] { read_file(folder.path()); }), folder.path() + ": cannot read: Is a directory");
  const std::string sparse = folder.write("sparse", "");
  ASSERT_EQ(::truncate(sparse.c_str(), off_t(1) << 42), 0);
  EXPECT_EQ(message_of<IoError>([&] {
              read_file(sparse);
            }).rfind(sparse + ": larger than " + std::to_string(readable_bytes()) + " bytes", 0),
            0u);
}

}  // namespace
}  // namespace orbitwalk
