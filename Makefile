# All that one types. Each target does its own set-up; the scripts say how.

.PHONY: run test chaos day rolling fuzz drawings lint index bench demo
.DEFAULT_GOAL := run

# Run everything in one process on http://127.0.0.1:6060. Options: make run ARGS="--port 7070"
run:
	@ops/scripts/run $(ARGS)

# Run every test. A part of them: make test ARGS=story
test:
	@ops/scripts/test $(ARGS)

# Break everything at random for so many minutes, and count what was lost: make chaos MINUTES=5
chaos:
	@ATELIER_TEST_CHAOS_SECONDS=$$(($(or $(MINUTES),1) * 60)) ops/scripts/test queue::chaos::nothing --no-capture

# Two people draw in one file for so many minutes, over lines that lose one call of twenty, while one process after the
# other is killed; then both read the same, and nothing is lost: make day MINUTES=10
day:
	@ATELIER_TEST_DAY_SECONDS=$$(($(or $(MINUTES),10) * 60)) ops/scripts/test files::day --no-capture

# Two people draw in tabs of a real browser while both API processes and Redis are replaced; then nothing is lost.
rolling:
	@ops/scripts/test journey::rolling --no-capture

# Call every method with what the OpenAPI document allows and with what it does not, for so many minutes, and send so many
# inputs as changes of documents; the same seed makes the same ones: make fuzz MINUTES=30 INPUTS=10000000 SEED=7
fuzz:
	@ATELIER_TEST_FUZZ_SECONDS=$$(($(or $(MINUTES),10) * 60)) ATELIER_TEST_FUZZ_SEED=$(or $(SEED),$$(date +%s)) \
	  ATELIER_TEST_FUZZ_INPUTS=$(or $(INPUTS),10000000) ops/scripts/test fuzz:: --no-capture

# Draw 300 drawings of icon collections before and after they are cleaned, and compare the pictures.
drawings:
	@ops/scripts/drawings

# Check format, lints, docs, and the order of the house.
lint:
	@ops/scripts/lint

# Write the lists of methods and jobs: api/src/methods.rs and jobs/src/all.rs.
index:
	@cargo run --locked --quiet -p tidy -- index

# Measure, each figure beside its limit. One section: make bench SECTION=start
bench:
	@ops/scripts/bench $(SECTION)

# Drive the whole story with curl against a running `make run`.
demo:
	@ops/demo $(ARGS)
