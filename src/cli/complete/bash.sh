# Asks greenroom itself what may come next.
_greenroom() {
    # Bash parts words at = : @ too, which stand in the middle of a run's or a parameter's name: they are put together.
    local words=() word rest=${COMP_LINE:0:COMP_POINT} index joined
    for ((index = 0; index <= COMP_CWORD; index++)); do
        joined=false
        if [[ $index -gt 0 && $rest == [![:space:]]* ]]; then joined=true; fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        # The last word ends at the cursor.
        if [[ $index == "$COMP_CWORD" ]]; then word=$rest; else word=${COMP_WORDS[index]}; fi
        rest=${rest#"$word"}
        if $joined; then words[${#words[@]} - 1]+=$word; else words+=("$word"); fi
    done
    local typed=${words[${#words[@]} - 1]}
    local IFS=$'\013'
    COMPREPLY=( $( \
        _CLAP_IFS="$IFS" \
        _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
        VARIABLE=bash \
        "PROGRAM" -- "${words[@]}" 2> /dev/null \
    ) )
    # Bash puts in place only what stands behind the last of those signs.
    local kept=${typed%"$2"}
    COMPREPLY=( "${COMPREPLY[@]#"$kept"}" )
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]]; then compopt -o nospace 2> /dev/null; fi
}
complete -o bashdefault -o nosort -F _greenroom greenroom 2> /dev/null || complete -o bashdefault -F _greenroom greenroom
