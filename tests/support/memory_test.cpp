// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/memory.hpp"

#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

constexpr double MiB = 1048576;

/// A tree of cgroup files; paths in /proc/self/mountinfo and file names are below it.
class CgroupTree {
 public:
  void set(const std::string& file, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder_ / file).parent_path());
    folder_.write(file, text);
  }
  std::optional<MemoryLimit> limit(const std::string& cgroups, const std::string& mounts) const {
    return cgroup_memory_limit(cgroups, mounts, folder_.path());
  }

 private:
  testing::TemporaryFolder folder_;
};

const std::string v2 = "31 23 0:27 / /cg rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string v1 =
    "40 31 0:36 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n41 31 0:37 / /cg/memory rw - cgroup cgroup rw,memory\n";

TEST(CgroupMemory, TheSmallestLimitOnTheWayUpCounts) {
  CgroupTree tree;
  tree.set("cg/slurm/memory.max", "4294967296\n");
  tree.set("cg/slurm/job_7/memory.max", "536870912\n");
  tree.set("cg/slurm/job_7/step_0/memory.max", "max\n");
  tree.set("cg/slurm/job_8/memory.max", "1\n");  // another's
  const auto limit = tree.limit("0::/slurm/job_7/step_0\n", v2);
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->bytes, 512 * MiB);
  EXPECT_EQ(limit->of, "the cgroup /slurm/job_7 (memory.max)");
  EXPECT_EQ(tree.limit("0::/slurm\n", v2)->bytes, 4096 * MiB);
}

TEST(CgroupMemory, OfTheFirstVersion) {
  CgroupTree tree;
  tree.set("cg/memory/memory.limit_in_bytes", "9223372036854771712\n");  // none
  tree.set("cg/memory/a/memory.limit_in_bytes", "1073741824\n");
  tree.set("cg/cpu/a/memory.limit_in_bytes", "1\n");  // not where memory is
  const std::string cgroups = "9:name=systemd:/x\n4:cpu,cpuacct:/a\n3:memory:/a/b\n0::/x\n";
  const auto limit = tree.limit(cgroups, v1);
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->bytes, 1024 * MiB);
  EXPECT_EQ(limit->of, "the cgroup /a (memory.limit_in_bytes)");
  EXPECT_FALSE(tree.limit("3:memory:/\n", v1)) << "the root has no limit";
}

TEST(CgroupMemory, BothVersionsAtOnce) {
  CgroupTree tree;
  tree.set("cg/memory/a/memory.limit_in_bytes", "1073741824\n");
  tree.set("cg/a/memory.max", "104857600\n");
  EXPECT_EQ(tree.limit("3:memory:/a\n0::/a\n", v1 + v2)->bytes, 100 * MiB);
}

TEST(CgroupMemory, InsideAContainer) {
  CgroupTree tree;
  tree.set("cg/memory/memory.limit_in_bytes", "268435456\n");
  tree.set("cg/memory/inner/memory.limit_in_bytes", "134217728\n");
  // Without a namespace the path is the host's, and the mount shows what is below it.
  const std::string mounts = "41 31 0:37 /docker/0123 /cg/memory ro - cgroup cgroup rw,memory\n";
  EXPECT_EQ(tree.limit("3:memory:/docker/0123\n", mounts)->bytes, 256 * MiB);
  EXPECT_EQ(tree.limit("3:memory:/docker/0123/inner\n", mounts)->bytes, 128 * MiB);
  EXPECT_EQ(tree.limit("3:memory:/somewhere/else\n", mounts)->bytes, 256 * MiB)
      << "paths that are not there lead up to the mount";
}

TEST(CgroupMemory, NothingKnownIsNoLimit) {
  CgroupTree tree;
  tree.set("cg/a/memory.max", "max\n");
  tree.set("cg/b/memory.max", "");
  EXPECT_FALSE(tree.limit("0::/a\n", v2));
  EXPECT_FALSE(tree.limit("0::/b\n", v2));
  EXPECT_FALSE(tree.limit("0::/c\n", v2));
  EXPECT_FALSE(tree.limit("", v2));
  EXPECT_FALSE(tree.limit("nonsense\n0\n::\n", "nonsense\n - \n"));
  EXPECT_FALSE(tree.limit("0::/a\n", ""));
}

TEST(CgroupMemory, BlanksInTheMountPoint) {
  CgroupTree tree;
  tree.set("my cg/a/memory.max", "104857600\n");
  EXPECT_EQ(tree.limit("0::/a\n", "31 23 0:27 / /my\\040cg rw - cgroup2 cgroup2 rw\n")->bytes, 100 * MiB);
}

TEST(MemoryLimit, IsSomethingOnThisMachine) {
  const MemoryLimit limit = memory_limit();
  EXPECT_GT(limit.bytes, 16 * MiB);
  EXPECT_FALSE(limit.of.empty());
}

}  // namespace
}  // namespace orbitwalk
