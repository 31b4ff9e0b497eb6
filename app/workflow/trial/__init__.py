"""Trial runs (试运行) of drafts and versions, and the replay of finished cases on a draft. Nothing leaves them."""
