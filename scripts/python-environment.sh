# Sourced by scripts that use a program of PyPI: `python_environment NAME MODULE REQUIREMENT WHAT`. Makes a virtual environment below the
# target folder, once, and names it in `$environment`. Where Python or the package cannot be had, it says "skipped: WHAT" and ends the script
# without a failure.
python_environment() {
  environment=$(realpath -m "${CARGO_TARGET_DIR:-target}")/$1
  if "$environment/bin/python" -c "import $2" 2>/dev/null; then
    return
  fi
  { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet "$3"; } >/dev/null 2>&1 || {
    echo "skipped: $4 ($3 cannot be installed with pip)"
    exit 0
  }
}
