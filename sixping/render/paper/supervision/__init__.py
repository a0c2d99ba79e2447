"""The papers of supervision (五.2, 五.3), pure: from figures to blocks, as that of a period."""
