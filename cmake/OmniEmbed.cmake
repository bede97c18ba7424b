# omni_embed(OUTPUT SYMBOL FILE...)
#
# Makes the C source OUTPUT that holds the bytes of the files as one table:
#   const OmniEmbedded SYMBOL[]; const size_t SYMBOL_count;
# (tools/embedded.h). Add OUTPUT to the sources of the target that wants it.
function(omni_embed output symbol)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
  string(REPLACE ";" "|" files "${ARGN}")
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DSYMBOL=${symbol}" "-DFILES=${files}"
            -P ${script}
    DEPENDS ${script} ${ARGN}
    COMMENT "Embedding ${symbol}"
    VERBATIM)
endfunction()
