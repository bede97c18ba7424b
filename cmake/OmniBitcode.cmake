# omni_bitcode(TARGET OUTPUT SOURCE)
#
# Compiles one C source of the runtime to LLVM bitcode at OUTPUT, as part of
# target TARGET: the part that is linked into programs and inlined. It is made
# without sanitizers and for the baseline processor, whatever the build is.
function(omni_bitcode target output source)
  get_filename_component(folder ${output} DIRECTORY)
  set(debug "")
  if(OMNI_DEBUG)
    set(debug -DOMNI_DEBUG=1)
  endif()
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_C_COMPILER} -std=gnu17 -O2 -emit-llvm -c
            -D_GNU_SOURCE -DOMNI_BITCODE=1 ${debug}
            -Wall -Wextra -Wconversion -Werror -fPIC
            -fno-omit-frame-pointer -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
            -I${PROJECT_SOURCE_DIR}/rtlib -I${PROJECT_SOURCE_DIR}/rtlib/include
            -MD -MF ${output}.d -MT ${output}
            -o ${output} ${source}
    DEPENDS ${source}
    DEPFILE ${output}.d
    COMMENT "Bitcode ${output}"
    VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${output})
endfunction()
