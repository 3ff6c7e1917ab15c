# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ file that defines kernel_texts(): the headers that FILES lists, by their paths below ROOT. Runs when one of them has
# changed.
file(STRINGS ${FILES} files)
set(all "")
foreach(file IN LISTS files)
  file(READ ${file} text)
  file(RELATIVE_PATH name ${ROOT} ${file})
  string(APPEND all "    {\"${name}\", R\"orbitwalk(${text})orbitwalk\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"compile/kernel_texts.hpp\"

const std::vector<orbitwalk::compile::KernelText>& orbitwalk::compile::kernel_texts() {
  static const std::vector<KernelText> texts = {
${all}  };
  return texts;
}
")
