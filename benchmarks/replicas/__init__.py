"""Two replicas on one database, people who ask, an ingestion under way, one replica killed and started again.

`python -m benchmarks.replicas`: a `replica` is a process, `asking_people` ask at both, `sightings` tell when each finds
what the ingestion brings, which is documents about `communes`.
"""
