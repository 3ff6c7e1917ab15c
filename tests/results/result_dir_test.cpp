// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/result_dir.hpp"

#include <algorithm>
#include <vector>

#include "support/files.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

namespace fs = std::filesystem;
using testing::message_of;

/// A summary as `orbitwalk run` writes it, as far as it is looked at.
std::string summary(const std::string& content) {
  return R"({"program": "orbitwalk", "content": ")" + content + R"("})";
}

class Results : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder;
  const std::string out = folder / "runs/out", partial = out + ".partial";

  void complete(const std::string& content, bool force = false) {
    ResultDirectory result(out, force, false);
    write_file_atomically(result.file("summary.json"), summary(content));
    result.commit();
  }
  void interrupt(bool force = false) {
    ResultDirectory result(out, force, false);
    write_file_atomically(result.checkpoint_file(), "state");
    write_file(result.file("result.h5"), "half");
  }
  /// What a process leaves that ends between the note that the result is complete and its publication: the final name
  /// is made impossible meanwhile.
  void finish_unpublished(const std::string& content, bool force = false) {
    ResultDirectory result(out, force, false);
    write_file_atomically(result.checkpoint_file(), "state");
    write_file_atomically(result.file("summary.json"), summary(content));
    const bool old = fs::exists(out);
    if (old) fs::rename(out, out + ".aside");
    write_file(out, "in the way");
    const std::string message = message_of<IoError>([&] { result.commit(); });
    EXPECT_EQ(message,
              out + ": cannot create the result folder: a file of that name has appeared; the finished result is in " +
                  partial + "/result, and the same command publishes it");
    fs::remove(out);
    if (old) fs::rename(out + ".aside", out);
  }
  std::string content() { return read_file(out + "/summary.json"); }
  std::vector<std::string> names(const std::string& path) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path)) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }
  using Names = std::vector<std::string>;
};

TEST_F(Results, AppearOnlyWhenComplete) {
  {
    ResultDirectory result(out + "/", false, false);
    write_file_atomically(result.file("summary.json"), summary("first"));
    write_file_atomically(result.checkpoint_file(), "state");
    write_file_atomically(result.checkpoint_file("second step size"), "state");
    EXPECT_FALSE(fs::exists(out));
    EXPECT_EQ(result.partial_path(), partial);
    result.commit();
    EXPECT_EQ(result.final_path(), out);
    EXPECT_TRUE(result.notices().empty());
  }
  EXPECT_EQ(content(), summary("first"));
  EXPECT_EQ(names(out), Names{"summary.json"}) << "no checkpoint and no bookkeeping are left";
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(Results, OfOneKindDoNotReplaceAnother) {
  complete("run");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, true, false, ResultKind::report); }),
            out + ": the folder exists and holds no result of this program; choose another");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, true, false, ResultKind::reproduce); }),
            out + ": it holds a result of orbitwalk run; choose another");
  for (int i = 0; i < 2; ++i) {
    ResultDirectory result(folder / "page", true, false, ResultKind::report);
    write_file_atomically(result.file("report.html"),
                          "<meta name=\"generator\" content=\"orbitwalk 1\"/>" + std::to_string(i));
    fs::create_directory(result.file("charts"));
    write_file(result.file("charts") + "/r.svg", "chart");
    result.commit();
  }
  EXPECT_EQ(names(folder / "page"), (Names{"charts", "report.html"}));
  EXPECT_TRUE(read_file(folder / "page/report.html").ends_with("1"));
  EXPECT_THROW(ResultDirectory(folder / "page", true, false), SpecError);
  write_file(folder / "page/report.html", "<title>mine</title>");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(folder / "page", true, false, ResultKind::report); }),
            folder / "page: its report.html was not written by this program; choose another");
}

TEST_F(Results, AreNotOverwritten) {
  complete("first");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, false); }),
            out + ": a result already exists; use --force to replace it");
  {
    ResultDirectory unfinished(out, true, false);
    unfinished.file("summary.json");
    EXPECT_EQ(content(), summary("first"));
  }
  EXPECT_EQ(content(), summary("first")) << "a run that fails leaves the old result";
  complete("second", true);
  EXPECT_EQ(content(), summary("second"));
  EXPECT_EQ(names(folder / "runs"), Names{"out"});
}

TEST_F(Results, FinishedOnesAreLeftAlone) {
  complete("first");
  {
    ResultDirectory again(out, false, true);
    EXPECT_TRUE(again.finished());
    EXPECT_FALSE(again.published());
    EXPECT_FALSE(again.resumed());
    EXPECT_THROW(again.file("summary.json"), IoError);
    EXPECT_FALSE(fs::exists(partial)) << "nothing is made where nothing is to be done";
  }
  interrupt(true);
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, true); }),
            out + ": a result already exists, and an interrupted run is in " + partial +
                "; use --resume --force to continue it and replace the result");
  ResultDirectory on(out, true, true);
  EXPECT_TRUE(on.resumed());
  EXPECT_FALSE(on.finished());
}

TEST_F(Results, AppearingMeanwhile) {
  {
    ResultDirectory late(out, false, false);
    write_file_atomically(late.file("summary.json"), summary("late"));
    fs::create_directories(out);
    write_file(out + "/summary.json", summary("other"));
    EXPECT_EQ(message_of<SpecError>([&] { late.commit(); }),
              out + ": a result has appeared in the meantime; the new one is in " + partial +
                  "/result, and --force puts it in its place");
  }
  EXPECT_EQ(content(), summary("other"));
  for (const bool resume : {false, true})
    EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, resume); }),
              out + ": a result already exists, and a finished one waits in " + partial +
                  "/result; use --force to put that in its place");
  EXPECT_TRUE(ResultDirectory(out, true, false).published());
  EXPECT_EQ(content(), summary("late"));
}

TEST_F(Results, ArePublishedByTheNextProcess) {
  finish_unpublished("first");
  EXPECT_EQ(names(partial), (Names{".orbitwalk-finished", ".orbitwalk-partial", "checkpoint", "result"}))
      << "and nothing is removed before";
  {
    ResultDirectory next(out, false, false);
    EXPECT_TRUE(next.published());
    EXPECT_TRUE(next.finished());
    EXPECT_FALSE(next.resumed());
  }
  EXPECT_EQ(content(), summary("first"));
  EXPECT_EQ(names(folder / "runs"), Names{"out"});

  finish_unpublished("second", true);
  EXPECT_EQ(content(), summary("first"));
  EXPECT_TRUE(ResultDirectory(out, true, true).finished());
  EXPECT_EQ(content(), summary("second"));
  EXPECT_EQ(names(folder / "runs"), Names{"out"});
}

TEST_F(Results, AreNotPublishedTwice) {
  complete("first");
  finish_unpublished("second", true);
  // A process that ends after the exchange leaves the old result in the place of the new one.
  fs::rename(out, out + ".x");
  fs::rename(partial + "/result", out);
  fs::rename(out + ".x", partial + "/result");
  EXPECT_TRUE(ResultDirectory(out, false, false).published());
  EXPECT_EQ(content(), summary("second"));
  EXPECT_EQ(names(folder / "runs"), Names{"out"});
}

TEST_F(Results, ChangedAfterwardsAreNotPublished) {
  finish_unpublished("first");
  write_file(partial + "/result/summary.json", summary("forged"));
  EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(out, true, false); }),
            partial + ": cannot publish the result in it: it has changed since it was finished; move the folder away");
  EXPECT_EQ(read_file(partial + "/result/summary.json"), summary("forged"));
  EXPECT_EQ(read_file(partial + "/checkpoint"), "state");
}

TEST_F(Results, WithoutTheirProofAreNotPublished) {
  ResultDirectory result(out, false, false);
  write_file(result.file("result.h5"), "half");
  EXPECT_EQ(message_of<IoError>([&] { result.commit(); }),
            partial + "/result: cannot publish the result: it has no summary.json; the files of the result are in " +
                partial + "/result");
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(Results, OtherFoldersAreNeverReplaced) {
  fs::create_directories(out);
  { ResultDirectory empty(out, false, false); }  // an empty folder is fine
  write_file(out + "/thesis.tex", "dear");
  for (const bool force : {false, true})
    EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, force, false); }),
              out + ": the folder exists and holds no result of this program; choose another");
  const std::string deep = R"({"coverage": )" + std::string(200000, '[') + std::string(200000, ']') + "}";
  for (const std::string& foreign :
       {std::string(R"({"coverage": 1})"), std::string(R"({"tool": {"program": "orbitwalk"}})"),
        std::string(R"({"program": "orbitwalk")"), std::string(R"(["program", "orbitwalk"])"), std::string(), deep}) {
    write_file(out + "/summary.json", foreign);
    for (const bool force : {false, true})
      EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, force, false); }),
                out + ": its summary.json was not written by this program; choose another");
    EXPECT_EQ(read_file(out + "/summary.json"), foreign);
  }
  EXPECT_EQ(read_file(out + "/thesis.tex"), "dear");
  fs::create_directories(out + "2.partial");
  write_file(out + "2.partial/thesis.tex", "dear");
  EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(out + "2", true, false); }),
            out + "2.partial: cannot use the folder: it holds files that were not left by a run of this program");
  EXPECT_EQ(read_file(out + "2.partial/thesis.tex"), "dear");
}

TEST_F(Results, WithFilesOfTheUserAreNotReplaced) {
  for (const std::string file : {"notes.txt", "old/summary.json", "report/mine.txt", "charts/r.svg"}) {
    complete("first", true);
    fs::create_directories(fs::path(out + "/" + file).parent_path());
    write_file(out + "/" + file, "dear");
    EXPECT_EQ(
        message_of<SpecError>([&] { ResultDirectory(out, true, false); }),
        out + ": holds files that this program did not write (" + file + "); move them away, or choose another folder");
    EXPECT_EQ(read_file(out + "/" + file), "dear");
    EXPECT_EQ(names(folder / "runs"), Names{"out"});
    fs::remove_all(out + "/" + file);
  }
  // A report and what an interrupted one left are this program's.
  fs::create_directories(out + "/report/charts");
  write_file(out + "/report/report.html", "page");
  write_file(out + "/report/charts/r.png", "chart");
  fs::create_directories(out + "/report.partial/result");
  write_file(out + "/report.partial/.orbitwalk-partial", "");
  write_file(out + "/report.partial/result/report.html.tmp", "");
  complete("second", true);
  EXPECT_EQ(names(out), Names{"summary.json"});
}

TEST_F(Results, FilesOfTheUserThatAppearAreKept) {
  complete("first");
  {
    ResultDirectory result(out, true, false);
    write_file_atomically(result.file("summary.json"), summary("second"));
    write_file(result.file("core.1234"), "strange");
    write_file(partial + "/notes.txt", "dear");
    write_file(out + "/late.txt", "dear");
    result.commit();
    EXPECT_EQ(
        result.notices(),
        std::vector<std::string>{
            partial + " stays: it holds files that this program did not write (kept-core.1234, notes.txt, result)"});
  }
  EXPECT_EQ(names(out), Names{"summary.json"});
  EXPECT_EQ(content(), summary("second"));
  EXPECT_EQ(read_file(partial + "/kept-core.1234"), "strange");
  EXPECT_EQ(read_file(partial + "/notes.txt"), "dear");
  EXPECT_EQ(read_file(partial + "/result/late.txt"), "dear");
}

TEST_F(Results, NothingOfAReportWithinThemIsPublished) {
  ResultDirectory result(out, false, false);
  write_file_atomically(result.file("summary.json"), summary("first"));
  const std::string inner = result.file("report.partial");
  fs::create_directories(inner + "/result/charts");
  write_file(inner + "/.orbitwalk-partial", "");
  write_file(inner + "/.orbitwalk-finished", "");
  write_file(inner + "/result/charts/r.svg", "");
  result.commit();
  EXPECT_EQ(names(out), Names{"summary.json"});
  EXPECT_EQ(names(folder / "runs"), Names{"out"});
}

TEST_F(Results, FoldersOfTheUserBesideThem) {
  complete("first");
  fs::create_directories(out + ".replaced");
  write_file(out + ".replaced/thesis.tex", "dear");
  complete("second", true);
  EXPECT_EQ(read_file(out + ".replaced/thesis.tex"), "dear");
}

TEST_F(Results, InterruptedRuns) {
  interrupt();
  EXPECT_EQ(read_file(partial + "/checkpoint"), "state");
  EXPECT_EQ(message_of<SpecError>([&] { ResultDirectory(out, false, false); }),
            partial + ": an interrupted run is there; use --resume to continue it or --force to discard it");
  write_file(partial + "/checkpoint.tmp", "what a killed write leaves");
  {
    ResultDirectory again(out, false, true);
    EXPECT_TRUE(again.resumed());
    EXPECT_EQ(read_file(again.checkpoint_file()), "state");
    EXPECT_EQ(message_of<IoError>([&] { ResultDirectory(out, true, false); }),
              partial + ": cannot use the folder: another run is writing there");
    write_file_atomically(again.file("summary.json"), summary("resumed"));
    again.commit();
  }
  EXPECT_EQ(names(out), Names{"summary.json"}) << "only what the resumed run has written";
  EXPECT_EQ(names(folder / "runs"), Names{"out"});
  fs::remove_all(out);
  interrupt();
  {
    ResultDirectory fresh(out, true, false);
    EXPECT_FALSE(fresh.resumed());
    EXPECT_FALSE(fresh.has_checkpoint());
    EXPECT_FALSE(fs::exists(fresh.file("result.h5")));
  }
  EXPECT_FALSE(fs::exists(partial)) << "without a checkpoint there is nothing to keep";
  ResultDirectory afresh(out, false, true);
  EXPECT_FALSE(afresh.resumed());
}

TEST_F(Results, CheckpointsHaveLabels) {
  {
    ResultDirectory result(out, false, false);
    EXPECT_EQ(result.checkpoint_file(), partial + "/checkpoint");
    EXPECT_EQ(result.checkpoint_file("../second step size"), partial + "/checkpoint-..-second-step-size");
    write_file(result.checkpoint_file("pilot"), "state");
  }
  EXPECT_EQ(names(partial), (Names{".orbitwalk-partial", "checkpoint-pilot"}))
      << "one of them is enough to keep the run";
  {
    ResultDirectory again(out, false, true);
    EXPECT_TRUE(again.resumed());
    EXPECT_FALSE(again.has_checkpoint());
    EXPECT_TRUE(again.has_checkpoint("pilot"));
  }
  { ResultDirectory discarded(out, true, false); }
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(Results, BehindLinks) {
  fs::create_directories(folder / "scratch/empty");
  fs::create_directories(folder / "runs");
  fs::create_directory_symlink("../scratch/empty", out);
  {
    ResultDirectory result(out, false, false);
    EXPECT_EQ(result.final_path(), folder / "scratch/empty");
    EXPECT_EQ(result.partial_path(), folder / "scratch/empty.partial");
    write_file_atomically(result.file("summary.json"), summary("first"));
    result.commit();
  }
  EXPECT_TRUE(fs::is_symlink(out));
  EXPECT_EQ(content(), summary("first"));
  complete("second", true);
  EXPECT_TRUE(fs::is_symlink(out));
  EXPECT_EQ(content(), summary("second"));
  // A dangling one, and one of the folder that it is in.
  fs::remove(out);
  fs::create_directory_symlink(folder / "disk/2/results", out);
  complete("third");
  EXPECT_EQ(read_file(folder / "disk/2/results/summary.json"), summary("third"));
  fs::create_directory_symlink(folder / "disk/2", folder / "short");
  EXPECT_EQ(ResultDirectory(folder / "short/../results2", false, false).final_path(), folder / "disk/results2")
      << "as the system sees it";
  fs::create_directory_symlink("round", folder / "round");
  EXPECT_THROW(ResultDirectory(folder / "round", false, false), SpecError);
}

TEST_F(Results, WhereRenamingCannotWork) {
  EXPECT_EQ(message_of<SpecError>([] { ResultDirectory("/proc", false, false); }),
            "/proc: is a mount point, which cannot be exchanged for the result; give the name of a folder to create in "
            "it, such as --out /proc/result");
  const fs::path before = fs::current_path();
  fs::create_directories(out + "/below");
  fs::current_path(out);
  EXPECT_EQ(message_of<SpecError>([] { ResultDirectory(".", false, false); }),
            out +
                ": is the working directory, which cannot be exchanged for the result; give the name of a folder to "
                "create in it, such as --out ./result");
  fs::current_path(out + "/below");
  EXPECT_EQ(message_of<SpecError>([] { ResultDirectory("..", true, false); }),
            out +
                ": contains the working directory, which cannot be exchanged for the result; give the name of a folder "
                "to create in it, such as --out ../result");
  EXPECT_EQ(ResultDirectory("../../beside", false, false).final_path(), folder / "runs/beside");
  EXPECT_FALSE(fs::exists(folder / "runs/beside.partial"));
  fs::current_path(before);
  // A partial folder that is a link may lead to another file system.
  fs::create_directories(folder / "elsewhere");
  fs::create_directory_symlink(folder / "elsewhere", folder / "b.partial");
  EXPECT_THROW(ResultDirectory(folder / "b", false, false), IoError);
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
            folder / "pipe: not a file but a pipe; save its output to a file first");
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
