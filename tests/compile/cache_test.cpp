// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compile/cache.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "orbitwalk/error.hpp"

namespace orbitwalk::compile {
namespace {

namespace fs = std::filesystem;

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    std::string pattern = testing::TempDir() + "cache-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~CacheTest() override {
    fs::permissions(root_, fs::perms::owner_all);
    fs::remove_all(root_);
  }

  static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Takes `name` from the cache; what was there, or what was made of `text`.
  std::string take(const Cache& cache, const std::string& name, const std::string& text) {
    std::string found;
    cache.with_file(
        name, [&](const std::string& path) { ++made_, write(path, text); },
        [&](const std::string& path) { found = read(path).substr(0, text.size()); });
    return found;
  }

  std::string root_;
  int made_ = 0;
};

TEST_F(CacheTest, KeepsWhatWasMade) {
  const Cache cache(root_ + "/new/folder");
  EXPECT_FALSE(cache.find("a"));
  EXPECT_EQ(take(cache, "a", "first"), "first");
  EXPECT_EQ(take(cache, "a", "other"), "first");
  EXPECT_EQ(take(cache, "b", "second"), "second");
  EXPECT_EQ(made_, 2);
  ASSERT_EQ(cache.entries().size(), 2u);
  EXPECT_EQ(cache.clear(), 2u);
  EXPECT_TRUE(cache.entries().empty());
  EXPECT_EQ(take(cache, "a", "third"), "third");
}

TEST_F(CacheTest, DamageIsAsGoodAsMissing) {
  const Cache cache(root_);
  take(cache, "a", std::string(5000, 'x'));
  const std::string path = *cache.find("a"), whole = read(path);
  for (const std::string& damaged :
       {whole.substr(0, 3000), whole.substr(0, whole.size() - 1), std::string(), "y" + whole.substr(1), whole + "z"}) {
    write(path, damaged);
    EXPECT_FALSE(cache.find("a"));
  }
  write(path, whole);  // the twin
  EXPECT_TRUE(cache.find("a"));
  fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(cache.find("a")) << "others could have written it";
  fs::remove(path);
  write(path, whole.substr(0, 100));
  EXPECT_EQ(take(cache, "a", "again"), "again");
}

TEST_F(CacheTest, MakingThatFailsLeavesNothing) {
  const Cache cache(root_);
  EXPECT_THROW(cache.with_file(
                   "a",
                   [&](const std::string& path) {
                     write(path, "half");
                     throw IoError("the compiler failed");
                   },
                   [](const std::string&) { FAIL(); }),
               IoError);
  EXPECT_FALSE(cache.find("a"));
  for (const auto& each : fs::directory_iterator(root_)) EXPECT_EQ(each.path().extension(), ".lock") << each.path();
  EXPECT_EQ(take(cache, "a", "whole"), "whole");
}

TEST_F(CacheTest, FolderThatCannotBeUsedKeepsNothing) {
  write(root_ + "/file", "");
  for (const std::string& folder : {root_ + "/file", std::string(), std::string("/proc/orbitwalk")}) {
    const Cache cache(folder);
    made_ = 0;
    EXPECT_EQ(take(cache, "a", "made"), "made") << folder;
    EXPECT_EQ(take(cache, "a", "made"), "made") << folder;
    EXPECT_EQ(made_, 2) << folder;
  }
}

TEST_F(CacheTest, FullDiskIsUsedOnceAndNotKept) {
  // A limit on the size of files stands for the disk: the kernel fits, what is appended to it does not.
  const Cache cache(root_);
  const pid_t user = ::fork();
  if (user == 0) {
    std::string found;
    cache.with_file(
        "a",
        [&](const std::string& path) {
          write(path, std::string(1000, 'x'));
          ::signal(SIGXFSZ, SIG_IGN);
          const rlimit most{1000, 1000};
          ::setrlimit(RLIMIT_FSIZE, &most);
        },
        [&](const std::string& path) { found = read(path); });
    ::_exit(found.substr(0, 1000) == std::string(1000, 'x') && !cache.find("a") ? 0 : 1);
  }
  int status = -1;
  ::waitpid(user, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(cache.find("a"));
  EXPECT_EQ(take(cache, "a", "later"), "later");
}

TEST_F(CacheTest, LeastRecentlyUsedGoesFirst) {
  const Cache cache(root_, 2600);  // three of some 825 bytes
  const auto old = [&](const std::string& name, int hours) {
    fs::last_write_time(root_ + "/" + name + ".kernel", fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  for (const char* name : {"a", "b", "c"}) take(cache, name, std::string(800, 'x'));
  old("a", 3), old("b", 2), old("c", 1);
  take(cache, "a", "");  // used again
  take(cache, "d", std::string(800, 'x'));
  EXPECT_TRUE(cache.find("a"));
  EXPECT_FALSE(cache.find("b"));
  EXPECT_TRUE(cache.find("c"));
  EXPECT_TRUE(cache.find("d"));
}

TEST_F(CacheTest, WhatKilledProcessesLeftIsRemoved) {
  const Cache cache(root_);
  for (const char* name : {"aside-old", "aside-new"}) fs::create_directory(root_ + "/" + name);
  write(root_ + "/aside-old/text", "x");
  fs::last_write_time(root_ + "/aside-old", fs::file_time_type::clock::now() - std::chrono::hours(25));
  take(cache, "a", "x");
  EXPECT_FALSE(fs::exists(root_ + "/aside-old"));
  EXPECT_TRUE(fs::exists(root_ + "/aside-new"));
}

TEST_F(CacheTest, ManyFirstUsersMakeItOnceThoughOneIsKilled) {
  const std::string log = root_ + "/log";
  const Cache cache(root_ + "/cache");
  const std::string text(100000, 'k');
  std::vector<pid_t> users;
  for (int i = 0; i < 64; ++i) {
    const pid_t user = ::fork();
    if (user == 0) {
      bool right = false;
      cache.with_file(
          "a",
          [&](const std::string& path) {
            std::ofstream(log, std::ios::app) << '+' << std::flush;
            write(path, text.substr(0, 50000));
            if (read(log).size() == 1) ::kill(::getpid(), SIGKILL);  // the first, midway
            write(path, text);
          },
          [&](const std::string& path) { right = read(path).substr(0, text.size()) == text; });
      ::_exit(right ? 0 : 1);
    }
    users.push_back(user);
  }
  int killed = 0, wrong = 0;
  for (const pid_t user : users) {
    int status = 0;
    ::waitpid(user, &status, 0);
    killed += WIFSIGNALED(status);
    wrong += WIFEXITED(status) && WEXITSTATUS(status) != 0;
  }
  EXPECT_EQ(killed, 1);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(read(log), "++") << "made once by who was killed and once for all others";
}

}  // namespace
}  // namespace orbitwalk::compile
