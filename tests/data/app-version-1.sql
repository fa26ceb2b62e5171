BEGIN TRANSACTION;
CREATE TABLE conversations (
	id TEXT NOT NULL, 
	person TEXT NOT NULL, 
	title TEXT NOT NULL, 
	changed TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "conversations" VALUES('c1','anne','Quel budget ?','2026-11-20T10:01:00+00:00');
INSERT INTO "conversations" VALUES('c2','','Quel budget ?','2026-11-21T10:00:00+00:00');
CREATE TABLE corrections (
	document_id TEXT NOT NULL, 
	at TEXT NOT NULL, 
	person TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	PRIMARY KEY (document_id)
);
INSERT INTO "corrections" VALUES('aides.md','2026-11-29T00:10:02+00:00','anne','{"date": {"was": null, "now": "2025-03"}}');
CREATE TABLE evaluation_rows (
	run_id INTEGER NOT NULL, 
	question_id TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	"row" TEXT NOT NULL, 
	scores TEXT NOT NULL, 
	PRIMARY KEY (run_id, question_id), 
	FOREIGN KEY(run_id) REFERENCES evaluation_runs (id)
);
INSERT INTO "evaluation_rows" VALUES(1,'q1',1,'{"id": "q1", "question": "Quel budget ?", "standalone_question": "Quel budget ?", "answer": "Le budget est de 12 milliards [1].", "refused": false, "reason": null, "citations": [{"number": 1, "document": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "excerpt": "12 milliards", "quote": "12 milliards", "start": 0, "end": 12}], "retrieved": ["budget.md", "aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}, "error": null, "true_quotes": null, "latency": {"first": 0.0, "total": 0.0}}','{"hit@1": 1.0, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 1.0, "ndcg@10": 1.0, "recall@10": 1.0, "false_refusals": 0.0, "fact_recall": 1.0, "citation_precision": 1.0, "citation_recall": 1.0, "unsupported_figures": 0.0}');
INSERT INTO "evaluation_rows" VALUES(1,'q2',2,'{"id": "q2", "question": "Qui signe ?", "standalone_question": null, "answer": null, "refused": null, "reason": null, "citations": [], "retrieved": [], "warnings": [], "answerer": null, "model": null, "seconds": {"retrieval": null, "answer": null}, "error": "La base ne peut pas être ouverte.", "true_quotes": null, "latency": {}}','{"hit@1": 0.0, "hit@3": 0.0, "hit@5": 0.0, "hit@10": 0.0, "mrr@10": 0.0, "ndcg@10": 0.0, "recall@10": 0.0, "false_refusals": 0.0, "fact_recall": 0.0, "citation_precision": 0.0, "citation_recall": 0.0}');
INSERT INTO "evaluation_rows" VALUES(1,'q3',3,'{"id": "q3", "question": "Quel salaire ?", "standalone_question": "Quel salaire ?", "answer": "Je ne trouve pas.", "refused": true, "reason": "insufficient", "citations": [], "retrieved": ["aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}, "error": null, "true_quotes": null, "latency": {"first": 0.0, "total": 0.0}}','{"refused_unanswerable": 1.0}');
CREATE TABLE evaluation_runs (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	began TEXT NOT NULL, 
	seconds FLOAT, 
	about TEXT NOT NULL, 
	figures TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "evaluation_runs" VALUES(1,'6e37b7f5d05a556b1941dfc9d097ef7e03e28182671f47a51e7fe22d98985f77','2026-11-29T00:10:02+00:00',0.1,'{"questions_file": "questions.jsonl", "questions": 3, "questions_hash": "0123456789abcdef", "answerer": "auto", "answers": true, "model": "", "generation": 3, "documents": 2, "encoder": "tiny@1", "version": "0.1.0", "commit": "6e08346"}','{"hit@1": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "hit@3": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "hit@5": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "hit@10": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "mrr@10": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "ndcg@10": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "recall@10": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "fact_recall": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "follow_ups": {"value": null, "low": null, "high": null, "n": 0}, "citation_precision": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "citation_recall": {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}, "refused_unanswerable": {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}, "false_refusals": {"value": 0.0, "low": 0.0, "high": 0.0, "n": 2}, "unsupported_figures": {"value": 0.0, "low": 0.0, "high": 0.0, "n": 1}, "forbidden_facts": {"value": null, "low": null, "high": null, "n": 0}, "true_quotes": {"value": null, "low": null, "high": null, "n": 0}, "latency": {"retrieval": {"p50": 0.2, "p95": 0.2, "n": 2}, "first": {"p50": 0.0, "p95": 0.0, "n": 2}, "total": {"p50": 0.0, "p95": 0.0, "n": 2}}}');
INSERT INTO "evaluation_runs" VALUES(2,'cle','2026-11-24T09:00:00+00:00',NULL,'{"questions_file": "questions.jsonl", "questions": 3, "questions_hash": "0123456789abcdef", "answerer": "auto", "answers": true, "model": "", "generation": 3, "documents": 2, "encoder": "tiny@1", "version": "0.1.0", "commit": "6e08346"}',NULL);
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	reason TEXT, 
	comment TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "feedback" VALUES(1,'2026-11-22T08:00:00+00:00','bad','wrong','Le chiffre est ancien.','{"question": "Quel budget ?", "standalone_question": "Quel budget ?", "answer": "Le budget est de 12 milliards [1].", "refused": false, "reason": null, "citations": [{"number": 1, "document": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "excerpt": "12 milliards", "quote": "12 milliards", "start": 0, "end": 12}], "retrieved": ["budget.md", "aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}}',3,'new');
INSERT INTO "feedback" VALUES(2,'2026-11-23T08:00:00+00:00','good',NULL,'','{"question": "Quel budget ?", "standalone_question": "Quel budget ?", "answer": "Le budget est de 12 milliards [1].", "refused": false, "reason": null, "citations": [{"number": 1, "document": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "excerpt": "12 milliards", "quote": "12 milliards", "start": 0, "end": 12}], "retrieved": ["budget.md", "aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}}',3,'kept');
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema','1');
CREATE TABLE sessions (
	token_hash TEXT NOT NULL, 
	person TEXT NOT NULL, 
	role TEXT NOT NULL, 
	began FLOAT NOT NULL, 
	seen FLOAT NOT NULL, 
	PRIMARY KEY (token_hash)
);
INSERT INTO "sessions" VALUES('656beb298c0687e5d056852fbeceadf78f5c065604c4a36f1886a406cbb39a5c','anne','editor',1800000000.0,1800000000.0);
CREATE TABLE test_queries (
	id TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	"query" TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "test_queries" VALUES('q1',1,'{"id": "q1", "question": "Quel budget ?", "kind": "montant", "documents": ["budget.md"], "expected_facts": [["12 Md€", "12 milliards"]]}');
INSERT INTO "test_queries" VALUES('q2',2,'{"id": "q2", "question": "Qui signe ?", "documents": ["aides.md"], "expected_facts": ["Dupont"]}');
INSERT INTO "test_queries" VALUES('q3',3,'{"id": "q3", "question": "Quel salaire ?", "unanswerable": true}');
CREATE TABLE turns (
	conversation_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	answer TEXT NOT NULL, 
	PRIMARY KEY (conversation_id, number), 
	FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
INSERT INTO "turns" VALUES('c1',1,'2026-11-20T10:00:00+00:00',3,'{"question": "Quel budget ?", "standalone_question": "Quel budget ?", "answer": "Le budget est de 12 milliards [1].", "refused": false, "reason": null, "citations": [{"number": 1, "document": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "excerpt": "12 milliards", "quote": "12 milliards", "start": 0, "end": 12, "passage": {"id": "budget.md-0", "ordinal": 0, "heading_path": ["Un", "Deux"], "start": 0, "end": 12, "table_header": ""}, "about": {"id": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "rubric": null, "kind": null, "source": "source", "page_starts": []}}], "retrieved": ["budget.md", "aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}, "closest": []}');
INSERT INTO "turns" VALUES('c1',2,'2026-11-20T10:01:00+00:00',3,'{"question": "Quel salaire ?", "standalone_question": "Quel salaire ?", "answer": "Je ne trouve pas.", "refused": true, "reason": "insufficient", "citations": [], "retrieved": ["aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}, "closest": [{"id": "aides.md", "title": "Titre de aides.md", "url": null, "date": "2024-05", "rubric": null, "kind": null, "source": "source", "page_starts": []}]}');
INSERT INTO "turns" VALUES('c2',1,'2026-11-21T10:00:00+00:00',4,'{"question": "Quel budget ?", "standalone_question": "Quel budget ?", "answer": "Le budget est de 12 milliards [1].", "refused": false, "reason": null, "citations": [{"number": 1, "document": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "excerpt": "12 milliards", "quote": "12 milliards", "start": 0, "end": 12, "passage": {"id": "budget.md-0", "ordinal": 0, "heading_path": ["Un", "Deux"], "start": 0, "end": 12, "table_header": ""}, "about": {"id": "budget.md", "title": "Titre de budget.md", "url": null, "date": "2024-05", "rubric": null, "kind": null, "source": "source", "page_starts": []}}], "retrieved": ["budget.md", "aides.md"], "warnings": [], "answerer": "extractive", "model": null, "seconds": {"retrieval": 0.2, "answer": 0.5}, "closest": []}');
CREATE INDEX ix_conversations_person ON conversations (person);
CREATE INDEX ix_evaluation_runs_key ON evaluation_runs ("key");
COMMIT;
