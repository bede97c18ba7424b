# Options of the build and the flags that all of our code is compiled with.

set(OMNI_SANITIZE "" CACHE STRING "sanitizers for everything, as -fsanitize= takes them")
option(OMNI_DEBUG "constant-time assertions and the verifiers of the dialect" OFF)
option(OMNI_FUZZ "libFuzzer targets, and coverage counters in everything" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

# Frame pointers stay for backtraces; sections let the linker drop what a
# program does not use; paths in objects do not name the build machine.
add_compile_options(
  -Wall -Wextra -Wconversion -Werror
  -fno-omit-frame-pointer -ffunction-sections -fdata-sections
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
add_compile_definitions(_GNU_SOURCE)

if(OMNI_DEBUG)
  add_compile_definitions(OMNI_DEBUG=1)
endif()

if(OMNI_SANITIZE)
  add_compile_options(-fsanitize=${OMNI_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OMNI_SANITIZE})
endif()

if(OMNI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
