"""What every area of the control plane needs: who asks (scope), who did what (audit), what the ad servers are told
(publications), what was answered before (idempotency), pages of lists (paging), and the sandbox's clock.
"""
