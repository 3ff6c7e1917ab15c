// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk::cli {

/// SIGINT, SIGTERM and SIGXCPU (a batch system's limits) stop the program in an orderly way, and so does SIGHUP, unless
/// it is ignored (nohup). SIGINT does so even where it was inherited as ignored: a shell script does that to its
/// background jobs, and a script that sends it means it. SIGXFSZ is ignored, so that a file beyond a limit is a write
/// error like a full disk. A second signal ends the program at once, unless it comes within a second of the first.
void catch_signals();

/// Whether a signal came since catch_signals().
bool stop_requested();

}  // namespace orbitwalk::cli
