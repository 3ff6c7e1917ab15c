// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/hdf5.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <span>

#include "support/files.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using testing::message_of;

void write_example(const std::string& path) {
  Hdf5Writer file(path);
  file.attribute("/", "program", "orbitwalk");
  file.attribute("/", "größe", std::string("μ"));
  file.dataset("/observables/r/edges", std::vector<double>{0, 0.5, 1});
  file.dataset("/observables/r/counts", std::vector<std::uint64_t>{1, std::numeric_limits<std::uint64_t>::max()});
  file.dataset("/observables/r/series", std::vector<double>{1, 2, 3, 4, 5, 6}, {2, 3});
  file.dataset("/ids", std::vector<std::int64_t>{-5});
  file.dataset("/empty", std::vector<double>{});
  file.dataset("/names", std::vector<std::string>{"a", "", "λ"});
  file.attribute("/observables/r", "count", std::uint64_t{12});
  file.attribute("/observables/r", "mean", 0.1);
  file.attribute("/observables/r/edges", "unit", "1");
  file.group("/observables/r");  // exists already
  file.group("/laws/projected");
  file.close();
}

TEST(Hdf5, ReadByH5py) {
  if (std::system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) GTEST_SKIP() << "python3-h5py is missing";
  const testing::TemporaryFolder folder;
  write_example(folder / "r.h5");
  const std::string script = folder.write("check.py", R"(
import sys, h5py
f = h5py.File(sys.argv[1], 'r')
r = f['observables/r']
assert f.attrs['program'] == 'orbitwalk' and f.attrs['größe'] == 'μ'
assert r['edges'].dtype == 'float64' and list(r['edges']) == [0, 0.5, 1] and r['edges'].attrs['unit'] == '1'
assert r['counts'].dtype == 'uint64' and list(r['counts']) == [1, 2**64 - 1]
assert r['series'].shape == (2, 3) and r['series'][1].tolist() == [4, 5, 6]
assert f['ids'].dtype == 'int64' and f['ids'][0] == -5 and f['empty'].shape == (0,)
assert list(f['names'].asstr()) == ['a', '', 'λ']
assert r.attrs['count'] == 12 and r.attrs['mean'] == 0.1 and 'projected' in f['laws']
)");
  EXPECT_EQ(std::system(("/usr/bin/python3 " + script + " " + (folder / "r.h5")).c_str()), 0);
}

TEST(Hdf5, EqualContentGivesEqualBytes) {
  const testing::TemporaryFolder folder;
  write_example(folder / "a.h5");
  write_example(folder / "b.h5");
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST(Hdf5, ErrorsNameFileAndObject) {
  const testing::TemporaryFolder folder;
  const std::string path = folder / "r.h5";
  Hdf5Writer file(path);
  const auto begins = [&](const std::string& message, const std::string& rest) {
    EXPECT_EQ(message.substr(0, path.size() + 2 + rest.size()), path + ": " + rest) << message;
  };
  file.dataset("/g/d", std::vector<double>{1});
  begins(message_of<IoError>([&] { file.dataset("/g/d", std::vector<double>{1}); }),
         "/g/d: cannot create the dataset: ");
  begins(message_of<IoError>([&] {
           file.dataset("/g/e", std::vector<double>{1, 2}, {3});
         }),
         "/g/e: cannot create the dataset (2 values for a shape of 3)");
  begins(message_of<IoError>([&] { file.group("/g/d/below"); }), "/g/d: cannot create the group (a dataset");
  begins(message_of<IoError>([&] { file.attribute("/none", "a", 1.0); }), "/none@a: cannot open the object: ");
  file.attribute("/g", "a", 1.0);
  begins(message_of<IoError>([&] { file.attribute("/g", "a", 2.0); }), "/g@a: cannot create the attribute: ");
  file.close();
  begins(message_of<IoError>([&] { file.close(); }), "the file: cannot write twice");
  begins(message_of<IoError>([&] { file.group("/late"); }), "/late: cannot look for the group");
}

TEST(Hdf5, NothingIsLeftUnlessClosed) {
  const testing::TemporaryFolder folder;
  {
    Hdf5Writer file(folder / "r.h5");
    file.group("/g");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::filesystem::create_symlink("/dev/full", folder / "full.h5.tmp");
  EXPECT_EQ(message_of<IoError>([&] { Hdf5Writer full(folder / "full.h5"); }),
            folder / "full.h5: the file: cannot create: No space left on device");
  EXPECT_EQ(message_of<IoError>([&] { Hdf5Writer nowhere(folder / "none/r.h5"); }),
            folder / "none/r.h5: the file: cannot create: No such file or directory");
}

/// A limit on the size of files stands for a disk that becomes full: every later write fails.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit now{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  void (*before_)(int);
  rlimit old_{};
};

TEST(Hdf5, ADiskThatBecomesFullIsAnErrorWithoutAFile) {
  const testing::TemporaryFolder folder;
  for (const rlim_t bytes : {50, 3000, 20'000, 500'000}) {
    const std::string path = folder.write("r.h5", "the one before");
    std::string message;
    {
      const SizeLimit limit(bytes);
      message = message_of<IoError>([&] {
        Hdf5Writer file(path);
        for (int i = 0; i < 30; ++i) file.dataset("/group" + std::to_string(i) + "/d", std::vector<double>(4000, i));
        file.close();
      });
    }
    EXPECT_NE(message.find("File too large"), std::string::npos) << message;
    EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << message;
    EXPECT_EQ(read_file(path), "the one before");
    EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  }
  write_example(folder / "r.h5");  // the library is as it was
}

TEST(Hdf5, PiecesGiveTheBytesOfTheWhole) {
  const testing::TemporaryFolder folder;
  // Pieces are of 2^17 values: rows of less, of several pieces and a rest, and a dataset of one row.
  for (const auto& [rows, columns] :
       std::vector<std::pair<std::size_t, std::size_t>>{{5, 7}, {2, 300'000}, {1, 131'072}, {1, 131'073}, {3, 0}}) {
    std::vector<double> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5 * double(i) + 1;
    Hdf5Writer whole(folder / "whole.h5"), pieces(folder / "pieces.h5");
    whole.dataset("/d", values,
                  rows == 1 ? std::vector<std::size_t>{columns} : std::vector<std::size_t>{rows, columns});
    std::size_t most = 0;
    pieces.dataset("/d", rows, columns,
                   [&, columns = columns](std::size_t row, std::size_t first, std::span<double> piece) {
                     most = std::max(most, piece.size());
                     std::copy_n(values.begin() + std::ptrdiff_t(row * columns + first), piece.size(), piece.begin());
                   });
    whole.close();
    pieces.close();
    EXPECT_EQ(read_file(folder / "whole.h5"), read_file(folder / "pieces.h5")) << rows << " x " << columns;
    EXPECT_LE(most, std::size_t{1} << 17);
  }
}

TEST(Hdf5, Components) {
  EXPECT_EQ(Hdf5Writer::component("|V|/|W|"), "|V|_|W|");
  EXPECT_EQ(Hdf5Writer::component("."), "_");
  EXPECT_EQ(Hdf5Writer::component(""), "_");
}

}  // namespace
}  // namespace orbitwalk
