#!/bin/sh
# lumen.sh WORKLOAD N REPS: one workload on Lumen's interpreter, called as the peers are ($LUMEN is the binary).
exec "${LUMEN:-lumen}" run "$(dirname "$0")/suite.lm.md" --arg name="$1" --arg n="$2" --arg reps="$3"
